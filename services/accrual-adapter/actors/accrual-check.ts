import { z } from 'zod';
import { defineActor, type Decision, type OutgoingEvent } from '../../shared/dapr/actor';
import { newEvent } from '../../shared/events/catalogue';
import { orderNumber } from '../../shared/order-number';
import type { Calculator } from '../calculator';
import type { Limited } from '../domain/answer';
import { advance, check, dueCall, recorded, type Attempt, type Check, type Held } from '../domain/polling';
import type { RateGate } from '../gate';
import type { GoodsSource } from '../goods';

/** What the actor needs from the world. */
export interface AccrualCheckPorts {
  calculator: Calculator;
  goods: GoodsSource;
  gate: RateGate;
  /** From [0, 1). */
  random: () => number;
  /** Epoch milliseconds. */
  now: () => number;
}

/** What one firing of the reminder met; undefined: nothing was due. */
interface Acted {
  attempt: Attempt;
  atMs: number;
  chance: number;
}

/**
 * The conversation about one order with the calculator; the actor's id is the order number. It is started by
 * `check`, which only records the job; the reminder `poll` does one step each time it fires, until there is a
 * final answer.
 */
export function accrualCheckActor(ports: AccrualCheckPorts) {
  return defineActor({
    type: 'AccrualCheck',
    state: check,
    commands: {
      /** Told again of an order under way it arms again, of a finished one it announces the result again. */
      check: {
        startedBy: 'message',
        input: z.object({ number: orderNumber }),
        decide: (
          { state, nowMs },
          { number }: { number: string },
        ): Decision<Check, { phase: Check['phase'] }> => {
          if (!state) return reply(recorded(number, nowMs), nowMs);
          return state.phase === 'done'
            ? { ...reply(state, nowMs), events: [finalEvent(state)] }
            : rearm(state, nowMs);
        },
      },
    },
    reminders: {
      poll: {
        act: async ({ state, nowMs }): Promise<Acted | undefined> => {
          const call = state && dueCall(state, nowMs);
          if (!call) return undefined;
          const attempt = await makeAttempt(ports, call, state.number);
          return { attempt, atMs: ports.now(), chance: ports.random() };
        },
        decide: ({ state, nowMs }, acted: Acted | undefined): Decision<Check, void> => {
          if (!state || state.phase === 'done') return { reply: undefined };
          const next = acted ? advance(state, acted.attempt, acted.atMs, acted.chance) : state;
          if (next === state) return { reply: undefined, remind: remindOf(state, nowMs) };
          return {
            reply: undefined,
            state: next,
            events: newsBetween(state, next),
            remind: remindOf(next, acted?.atMs ?? nowMs),
          };
        },
      },
    },
  });
}

function reply(state: Check, nowMs: number): Decision<Check, { phase: Check['phase'] }> {
  return { reply: { phase: state.phase }, state, remind: remindOf(state, nowMs) };
}

const rearm = (state: Check, nowMs: number): Decision<Check, { phase: Check['phase'] }> => ({
  reply: { phase: state.phase },
  remind: remindOf(state, nowMs),
});

function remindOf(state: Check, nowMs: number): Record<string, number> {
  return state.phase === 'done' ? {} : { poll: Math.max(0, state.dueAtMs - nowMs) };
}

/** One call to the calculator, if the gate lets it pass; a 429 closes the gate for everybody. */
async function makeAttempt(
  ports: AccrualCheckPorts,
  call: Attempt['call'],
  number: string,
): Promise<Attempt> {
  const stopped = hold(ports, number);
  if (call === 'register') {
    const answer = stopped ?? (await register(ports, number));
    return { call, answer: answer.kind === 'limited' ? limited(ports, number, answer) : answer };
  }
  const answer = stopped ?? (await ports.calculator.poll(number));
  return { call, answer: answer.kind === 'limited' ? limited(ports, number, answer) : answer };
}

async function register({ goods, calculator }: AccrualCheckPorts, number: string) {
  const items = await goods.of(number);
  return items
    ? calculator.register(number, items)
    : { kind: 'fault' as const, problem: 'goods_unavailable' };
}

function hold({ gate, now }: AccrualCheckPorts, number: string): Held | undefined {
  const pass = gate.enter(number, now());
  return pass.open ? undefined : { kind: 'held', untilMs: pass.untilMs, problem: 'rate_limited' };
}

function limited(ports: AccrualCheckPorts, number: string, { afterMs, perMinute }: Limited): Held {
  const nowMs = ports.now();
  ports.gate.close(afterMs, perMinute, nowMs);
  return hold(ports, number) ?? { kind: 'held', untilMs: nowMs + afterMs, problem: 'rate_limited' };
}

/** What a step has to tell: a registration once, a result once. */
function newsBetween(before: Check, after: Check): OutgoingEvent[] {
  if (before.phase === after.phase) return [];
  if (after.phase === 'polling') {
    return [newEvent('accrual_started', { number: after.number }, instant(after.startedAtMs))];
  }
  return after.phase === 'done' ? [finalEvent(after)] : [];
}

/** The same bytes each time: everything in it comes from the state. */
function finalEvent({ number, outcome, endedAtMs }: Extract<Check, { phase: 'done' }>): OutgoingEvent {
  const at = instant(endedAtMs);
  return outcome.kind === 'finished'
    ? newEvent('accrual_finished', { number, accrual_minor: outcome.accrualMinor }, at)
    : newEvent('accrual_failed', { number, reason: outcome.reason }, at);
}

const instant = (ms: number): string => new Date(ms).toISOString();
