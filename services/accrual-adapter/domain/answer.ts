import { z } from 'zod';
import { minorFromAccrual } from './accrual';

/** What came back over HTTP, whole. */
export interface HttpAnswer {
  status: number;
  retryAfter?: string | undefined;
  body: string;
}

/** The calculator allows no more for now. */
export interface Limited {
  kind: 'limited';
  afterMs: number;
  /** Requests a minute, if it was announced. */
  perMinute?: number;
}

/** Not an answer to build on; `problem` says why in a stable word. */
export interface Fault {
  kind: 'fault';
  problem: string;
}

/** `POST /api/orders`: 202, or 409 for what it had already been told. */
export type RegisterAnswer = { kind: 'registered' } | Limited | Fault;

/** `GET /api/orders/{number}`. `pending` is REGISTERED, PROCESSING, and 204: not known yet. */
export type PollAnswer =
  { kind: 'pending' } | { kind: 'processed'; accrualMinor: number } | { kind: 'invalid' } | Limited | Fault;

/** As published for a 429 without the header. */
const DEFAULT_RETRY_AFTER_MS = 60_000;
const MIN_RETRY_AFTER_MS = 1_000;
const MAX_RETRY_AFTER_MS = 3_600_000;
const MAX_PER_MINUTE = 1_000_000;

const fault = (problem: string): Fault => ({ kind: 'fault', problem });

export function readRegisterAnswer(answer: HttpAnswer, nowMs: number): RegisterAnswer {
  if (answer.status === 202 || answer.status === 409) return { kind: 'registered' };
  if (answer.status === 429) return readLimit(answer, nowMs);
  return fault(`status_${answer.status}`);
}

/** @param number the order that was asked for */
export function readPollAnswer(number: string, answer: HttpAnswer, nowMs: number): PollAnswer {
  if (answer.status === 204) return { kind: 'pending' };
  if (answer.status === 429) return readLimit(answer, nowMs);
  if (answer.status !== 200) return fault(`status_${answer.status}`);
  return readOrder(number, answer.body);
}

const orderBody = z.object({ order: z.string(), status: z.string(), accrual: z.unknown().optional() });

function readOrder(number: string, body: string): PollAnswer {
  const json = parseJson(body);
  if (json === undefined) return fault('not_json');
  const order = orderBody.safeParse(json);
  if (!order.success) return fault('wrong_shape');
  if (order.data.order !== number) return fault('other_order');
  switch (order.data.status) {
    case 'REGISTERED':
    case 'PROCESSING':
      return { kind: 'pending' };
    case 'INVALID':
      return { kind: 'invalid' };
    case 'PROCESSED':
      return readAccrual(order.data.accrual);
    default:
      return fault('unknown_status');
  }
}

/** Left out where there is none (Practicum spec, GET /api/orders/{number}). */
function readAccrual(accrual: unknown): PollAnswer {
  if (accrual === undefined) return { kind: 'processed', accrualMinor: 0 };
  const accrualMinor = typeof accrual === 'number' ? minorFromAccrual(accrual) : undefined;
  return accrualMinor === undefined ? fault('wrong_accrual') : { kind: 'processed', accrualMinor };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readLimit({ retryAfter, body }: HttpAnswer, nowMs: number): Limited {
  const announced = /No more than (\d{1,9}) requests per minute allowed/.exec(body);
  const perMinute = Math.min(Number(announced?.[1] ?? 0), MAX_PER_MINUTE);
  return { kind: 'limited', afterMs: retryAfterMs(retryAfter, nowMs), ...(perMinute > 0 && { perMinute }) };
}

/** Seconds or an HTTP date (RFC 9110, 10.2.3); what is neither counts as absent. */
function retryAfterMs(header: string | undefined, nowMs: number): number {
  const text = header?.trim() ?? '';
  const givenMs = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  if (Number.isNaN(givenMs)) return DEFAULT_RETRY_AFTER_MS;
  return Math.min(Math.max(givenMs, MIN_RETRY_AFTER_MS), MAX_RETRY_AFTER_MS);
}
