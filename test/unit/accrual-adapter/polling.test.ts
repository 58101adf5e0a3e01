import fc from 'fast-check';
import { backoffMs, OLD_AFTER_MS } from '../../../services/accrual-adapter/domain/backoff';
import {
  advance,
  dueCall,
  INVALID_REASON,
  recorded,
  type Attempt,
  type Check,
} from '../../../services/accrual-adapter/domain/polling';

const NUMBER = '12345678903';
const T0 = Date.UTC(2026, 0, 1);
const NOW = T0 + 1_000;
const CHANCE = 0.5;

const queued = recorded(NUMBER, T0);
const underWay = { number: NUMBER, recordedAtMs: T0, attempts: 2, dueAtMs: NOW, problem: 'timeout' };
const registering: Check = { phase: 'registering', ...underWay };
const polling: Check = { phase: 'polling', ...underWay, startedAtMs: T0 + 500 };
const done: Check = {
  phase: 'done',
  number: NUMBER,
  recordedAtMs: T0,
  startedAtMs: T0,
  endedAtMs: T0 + 9,
  outcome: { kind: 'finished', accrualMinor: 5 },
};

const register = (answer: Extract<Attempt, { call: 'register' }>['answer']): Attempt => ({
  call: 'register',
  answer,
});
const poll = (answer: Extract<Attempt, { call: 'poll' }>['answer']): Attempt => ({ call: 'poll', answer });
const fault = { kind: 'fault', problem: 'refused' } as const;
const held = { kind: 'held', untilMs: NOW + 7_000, problem: 'rate_limited' } as const;

const started = { phase: 'polling', attempts: 0, dueAtMs: NOW + 50, startedAtMs: NOW, problem: null };
const ended = { phase: 'done', number: NUMBER, recordedAtMs: T0, startedAtMs: T0 + 500, endedAtMs: NOW };

test.each<[string, Check, Attempt, object]>([
  ['queued, registered', queued, register({ kind: 'registered' }), { ...queued, ...started }],
  ['registering, registered', registering, register({ kind: 'registered' }), { ...registering, ...started }],
  [
    'queued, no answer',
    queued,
    register(fault),
    { ...queued, phase: 'registering', attempts: 1, dueAtMs: NOW + 50, problem: 'refused' },
  ],
  [
    'registering, no answer again',
    registering,
    register(fault),
    { ...registering, attempts: 3, dueAtMs: NOW + 200, problem: 'refused' },
  ],
  ['queued, held', queued, register(held), { ...queued, dueAtMs: NOW + 7_000, problem: 'rate_limited' }],
  [
    'registering, held',
    registering,
    register(held),
    { ...registering, dueAtMs: NOW + 7_000, problem: 'rate_limited' },
  ],
  [
    'polling, pending',
    polling,
    poll({ kind: 'pending' }),
    { ...polling, attempts: 3, dueAtMs: NOW + 200, problem: null },
  ],
  [
    'polling, no answer',
    polling,
    poll(fault),
    { ...polling, attempts: 3, dueAtMs: NOW + 200, problem: 'refused' },
  ],
  ['polling, held', polling, poll(held), { ...polling, dueAtMs: NOW + 7_000, problem: 'rate_limited' }],
  [
    'polling, processed',
    polling,
    poll({ kind: 'processed', accrualMinor: 72_998 }),
    { ...ended, outcome: { kind: 'finished', accrualMinor: 72_998 } },
  ],
  [
    'polling, invalid',
    polling,
    poll({ kind: 'invalid' }),
    { ...ended, outcome: { kind: 'failed', reason: INVALID_REASON } },
  ],
  ['polling, a late registration', polling, register({ kind: 'registered' }), polling],
  ['polling, a late fault of a registration', polling, register(fault), polling],
  ['registering, an answer to a poll', registering, poll({ kind: 'pending' }), registering],
  ['done, whatever comes', done, poll({ kind: 'invalid' }), done],
  ['done, a late registration', done, register(fault), done],
])('%s', (_name, state, attempt, expected) => {
  expect(advance(state, attempt, NOW, CHANCE)).toEqual(expected);
});

test.each([
  ['just recorded', queued, T0, 'register'],
  ['tried before', registering, NOW, 'register'],
  ['registered', polling, NOW, 'poll'],
  ['a little early', polling, NOW - 20, 'poll'],
  ['fired twice', polling, NOW - 100, undefined],
  ['done', done, NOW, undefined],
])('the call that is due: %s', (_name, state, nowMs, call) => {
  expect(dueCall(state, nowMs)).toBe(call);
});

describe('back-off', () => {
  test.each([
    ['the first', 1, 0, 0.999, 100],
    ['the fourth', 4, 0, 0.5, 400],
    ['never nothing', 5, 0, 0, 20],
    ['at most 10 s', 1_000_000, 0, 1, 10_000],
    ['at most 5 min once it is old', 1_000_000, OLD_AFTER_MS, 1, 300_000],
  ])('%s', (_name, attempts, ageMs, chance, delayMs) => {
    expect(backoffMs(attempts, ageMs, chance)).toBe(delayMs);
  });

  test('an order under way always has a next attempt in bounded time', () => {
    const answers = fc.constantFrom<Attempt>(poll({ kind: 'pending' }), poll(fault));
    fc.assert(
      fc.property(fc.array(fc.tuple(answers, fc.double({ min: 0, max: 0.999, noNaN: true }))), (steps) => {
        let state: Check = polling;
        for (const [attempt, chance] of steps) {
          const nowMs: number = state.dueAtMs;
          state = advance(state, attempt, nowMs, chance);
          if (state.phase === 'done') throw new Error('it was given up');
          expect(state.dueAtMs - nowMs).toBeGreaterThanOrEqual(20);
          expect(state.dueAtMs - nowMs).toBeLessThanOrEqual(300_000);
        }
      }),
    );
  });
});
