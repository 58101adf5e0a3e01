import fc from 'fast-check';
import { RateGate } from '../../../services/accrual-adapter/gate';

const T0 = Date.UTC(2026, 0, 1);
const gateWith = (chance = 0.5): RateGate => new RateGate(() => chance);
const untilMs = (gate: RateGate, caller: string, nowMs: number): number => {
  const pass = gate.enter(caller, nowMs);
  return pass.open ? nowMs : pass.untilMs;
};

test('everybody passes as long as no limit was met', () => {
  const gate = gateWith();
  for (let caller = 0; caller < 1_000; caller++)
    expect(gate.enter(String(caller), T0)).toEqual({ open: true });
});

test('a 429 without a limit closes it for everybody, who come back spread after the opening', () => {
  const gate = gateWith(0.5);
  gate.close(10_000, undefined, T0);
  expect(gate.closedForMs(T0)).toBe(10_000);
  expect(gate.enter('a', T0 + 9_999)).toEqual({ open: false, untilMs: T0 + 10_500 });
  expect(gate.enter('a', T0 + 10_500)).toEqual({ open: true });
});

test('each caller keeps the moment that it was given, and they are paced to the announced limit', () => {
  const gate = gateWith();
  gate.close(10_000, 60, T0);
  const moments = ['a', 'b', 'c'].map((caller) => untilMs(gate, caller, T0 + 1));
  expect(moments).toEqual([T0 + 10_000, T0 + 11_020, T0 + 12_040]);
  expect(untilMs(gate, 'b', T0 + 2)).toBe(moments[1]);
  expect(gate.enter('b', T0 + 11_020)).toEqual({ open: true });
  expect(gate.enter('d', T0 + 11_020)).toEqual({ open: false, untilMs: T0 + 13_060 });
});

test('a 429 while it is closed never opens it earlier', () => {
  const gate = gateWith();
  gate.close(10_000, 60, T0);
  gate.close(1_000, 60, T0 + 1);
  expect(gate.closedForMs(T0 + 1)).toBe(9_999);
});

test('a moment that nobody came back for is free again', () => {
  const gate = gateWith();
  gate.close(1_000, 60, T0);
  untilMs(gate, 'a', T0);
  const later = T0 + 60_000;
  expect(gate.enter('a', later)).toEqual({ open: true });
});

test('a limit that is not met again is forgotten', () => {
  const gate = gateWith();
  gate.close(1_000, 1, T0);
  expect(untilMs(gate, 'a', T0)).toBe(T0 + 1_000);
  expect(untilMs(gate, 'b', T0)).toBeGreaterThan(T0 + 60_000);
  const later = T0 + 1_000 + 300_000;
  for (let caller = 0; caller < 10; caller++)
    expect(gate.enter(String(caller), later)).toEqual({ open: true });
});

test('callers who come back when they were told never exceed the limit by more than one in a minute', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 1, max: 300 }), (perMinute, callers) => {
      const gate = gateWith();
      gate.close(5_000, perMinute, T0);
      const due = Array.from({ length: callers }, (_, index) => ({ caller: String(index), atMs: T0 }));
      const passed: number[] = [];
      for (let next = due.shift(); next; next = due.shift()) {
        const pass = gate.enter(next.caller, next.atMs);
        if (pass.open) passed.push(next.atMs);
        else if (pass.untilMs < T0 + 200_000) due.push({ caller: next.caller, atMs: pass.untilMs });
        due.sort((one, other) => one.atMs - other.atMs);
      }
      expect(passed.every((atMs) => atMs >= T0 + 5_000)).toBe(true);
      passed.forEach((fromMs) => {
        const inWindow = passed.filter((atMs) => atMs >= fromMs && atMs < fromMs + 60_000).length;
        expect(inWindow).toBeLessThanOrEqual(perMinute + 1);
      });
    }),
    { numRuns: 30 },
  );
});
