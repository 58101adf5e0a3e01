import { z } from 'zod';
import { MAX_AMOUNT_MINOR } from '../../shared/money';
import { orderNumber } from '../../shared/order-number';
import type { Limited, PollAnswer, RegisterAnswer } from './answer';
import { backoffMs, FIRST_POLL_MS } from './backoff';

/**
 * The conversation about one order with the calculator:
 * queued → registering → polling → done. Pure: time and chance are parameters.
 */

const epochMs = z.number().int().min(0);

const underWay = {
  number: orderNumber,
  recordedAtMs: epochMs,
  /** Attempts in this phase that did not get on. */
  attempts: z.number().int().min(0),
  /** When the next attempt is due. */
  dueAtMs: epochMs,
  /** Why the last attempt did not get on, in a stable word. */
  problem: z.string().max(100).nullable(),
};

export const outcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('finished'), accrualMinor: z.number().int().min(0).max(MAX_AMOUNT_MINOR) }),
  z.object({ kind: z.literal('failed'), reason: z.string().max(200) }),
]);

/** What is kept of an order. It is `registering` once that was tried in vain, or with an unknown outcome. */
export const check = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('queued'), ...underWay }),
  z.object({ phase: z.literal('registering'), ...underWay }),
  z.object({ phase: z.literal('polling'), ...underWay, startedAtMs: epochMs }),
  z.object({
    phase: z.literal('done'),
    number: orderNumber,
    recordedAtMs: epochMs,
    startedAtMs: epochMs,
    endedAtMs: epochMs,
    outcome,
  }),
]);
export type Check = z.infer<typeof check>;
type Done = Extract<Check, { phase: 'done' }>;
type UnderWay = Exclude<Check, Done>;
type Polling = Extract<Check, { phase: 'polling' }>;

/** No call went out, or its answer was to come back later: not an attempt. */
export interface Held {
  kind: 'held';
  untilMs: number;
  problem: string;
}

/** What an attempt met; which call it was decides what it means. */
export type Attempt =
  | { call: 'register'; answer: Exclude<RegisterAnswer, Limited> | Held }
  | { call: 'poll'; answer: Exclude<PollAnswer, Limited> | Held };

/** What the calculator means by INVALID (Practicum spec, GET /api/orders/{number}). */
export const INVALID_REASON = 'not accepted for calculation';

/** A reminder that comes this much too early is on time. */
const EARLY_MS = 25;

export function recorded(number: string, nowMs: number): Check {
  return { phase: 'queued', number, recordedAtMs: nowMs, attempts: 0, dueAtMs: nowMs, problem: null };
}

/** The call that is due; undefined when none is: the reminder fired twice, or the order is done. */
export function dueCall(state: Check, nowMs: number): Attempt['call'] | undefined {
  if (state.phase === 'done' || nowMs < state.dueAtMs - EARLY_MS) return undefined;
  return state.phase === 'polling' ? 'poll' : 'register';
}

/**
 * The state after an attempt. One that does not fit the phase any more (another turn came first) changes nothing.
 * @param chance from [0, 1), for the jitter of the back-off
 */
export function advance(state: Check, attempt: Attempt, nowMs: number, chance: number): Check {
  if (state.phase === 'done') return state;
  if (attempt.call === 'poll') {
    return state.phase === 'polling' ? afterPoll(state, attempt.answer, nowMs, chance) : state;
  }
  return state.phase === 'polling' ? state : afterRegister(state, attempt.answer, nowMs, chance);
}

function afterRegister(
  state: Exclude<UnderWay, Polling>,
  answer: Extract<Attempt, { call: 'register' }>['answer'],
  nowMs: number,
  chance: number,
): Check {
  switch (answer.kind) {
    case 'registered':
      return {
        ...state,
        phase: 'polling',
        startedAtMs: nowMs,
        attempts: 0,
        dueAtMs: nowMs + FIRST_POLL_MS,
        problem: null,
      };
    case 'held':
      return held(state, answer);
    case 'fault':
      return { ...again(state, answer.problem, nowMs, chance), phase: 'registering' };
  }
}

function afterPoll(
  state: Polling,
  answer: Extract<Attempt, { call: 'poll' }>['answer'],
  nowMs: number,
  chance: number,
): Check {
  switch (answer.kind) {
    case 'processed':
      return done(state, { kind: 'finished', accrualMinor: answer.accrualMinor }, nowMs);
    case 'invalid':
      return done(state, { kind: 'failed', reason: INVALID_REASON }, nowMs);
    case 'pending':
      return again(state, null, nowMs, chance);
    case 'held':
      return held(state, answer);
    case 'fault':
      return again(state, answer.problem, nowMs, chance);
  }
}

const held = <S extends UnderWay>(state: S, { untilMs, problem }: Held): S => ({
  ...state,
  dueAtMs: untilMs,
  problem,
});

function again<S extends UnderWay>(state: S, problem: string | null, nowMs: number, chance: number): S {
  const attempts = state.attempts + 1;
  const dueAtMs = nowMs + backoffMs(attempts, nowMs - state.recordedAtMs, chance);
  return { ...state, attempts, dueAtMs, problem };
}

function done(state: Polling, result: Done['outcome'], nowMs: number): Done {
  const { number, recordedAtMs, startedAtMs } = state;
  return { phase: 'done', number, recordedAtMs, startedAtMs, endedAtMs: nowMs, outcome: result };
}
