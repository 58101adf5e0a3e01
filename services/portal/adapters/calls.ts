import { setTimeout as delay } from 'node:timers/promises';
import { Metadata, status, type CallOptions, type ServiceError } from '@grpc/grpc-js';
import type { Logger } from '../../shared/log';
import { slugOf, type Slug } from '../../shared/refusal';
import { Unavailable } from '../ports';
import { createBreaker, type Breaker } from './breaker';

/** A customer waits no longer for another service: the answer is then 503. */
export const CALL_DEADLINE_MS = 1_800;
const MAX_ATTEMPTS = 4;
const FIRST_RETRY_DELAY_MS = 100;

/** After these the outcome is unknown or nothing happened; the same request may be sent again. */
const WORTH_A_RETRY = new Set([
  status.UNAVAILABLE,
  status.INTERNAL,
  status.UNKNOWN,
  status.ABORTED,
  status.CANCELLED,
]);

export type Send<T> = (metadata: Metadata, options: CallOptions) => Promise<T>;

export type Answer<T> =
  { ok: true; value: T; /** How often it was sent. */ attempts: number } | { ok: false; slug: Slug };

/** Calls to one service through the own sidecar: a deadline for all attempts together, and a breaker. */
export interface Calls {
  readonly breaker: Breaker;
  /**
   * Sends a request until it is answered. It may arrive more than once, so it must carry its operation id.
   * @throws Unavailable when there is no answer within the deadline, or the breaker is open
   */
  call<T>(send: Send<T>): Promise<Answer<T>>;
}

/** @param appId the Dapr app that the sidecar passes the call to */
export function createCalls(appId: string, log: Logger, deadlineMs = CALL_DEADLINE_MS): Calls {
  const metadata = new Metadata();
  metadata.set('dapr-app-id', appId);
  const breaker = createBreaker(appId);

  const untilAnswered = async <T>(send: Send<T>): Promise<Answer<T>> => {
    const deadline = Date.now() + deadlineMs;
    for (let attempts = 1; ; attempts++) {
      try {
        return { ok: true, value: await send(metadata.clone(), { deadline }), attempts };
      } catch (error) {
        const slug = slugOf(error as ServiceError);
        if (slug !== undefined) return { ok: false, slug };
        const pauseMs = FIRST_RETRY_DELAY_MS * 2 ** (attempts - 1);
        const again = attempts < MAX_ATTEMPTS && Date.now() + pauseMs < deadline;
        if (!again || !WORTH_A_RETRY.has((error as ServiceError).code)) throw unavailable(appId, error, log);
        await delay(pauseMs);
      }
    }
  };
  // the breaker counts what customers see: calls without an answer, not their attempts
  return { breaker, call: (send) => breaker.run(() => untilAnswered(send)) };
}

function unavailable(appId: string, error: unknown, log: Logger): Unavailable {
  const { code, details } = error as ServiceError;
  log.warn({ app: appId, code: status[code] ?? code, details }, 'a call was not answered');
  return new Unavailable(appId, error);
}
