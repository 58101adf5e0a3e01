import { status, type handleUnaryCall, type Metadata } from '@grpc/grpc-js';
import type { Logger } from './log';
import { Refusal } from './refusal';

export interface CallContext {
  /** Epoch milliseconds; the caller's own deadline, or the longest that a call may take. */
  deadlineMs: number;
  metadata: Metadata;
}

/** The longest that a handler works for a caller who named no deadline. */
const MAX_CALL_MS = 10_000;

/**
 * A gRPC method as an async function. What it throws as a Refusal reaches the caller with its slug; everything
 * else is a fault: logged here, and UNAVAILABLE to the caller, who may try again.
 */
export function unary<Q, A>(
  log: Logger,
  handle: (request: Q, context: CallContext) => Promise<A>,
): handleUnaryCall<Q, A> {
  return (call, callback) => {
    const latestMs = Date.now() + MAX_CALL_MS;
    const givenMs = Number(call.getDeadline());
    const deadlineMs = Number.isFinite(givenMs) ? Math.min(givenMs, latestMs) : latestMs;
    handle(call.request, { deadlineMs, metadata: call.metadata }).then(
      (answer) => callback(null, answer),
      (error: unknown) => {
        if (error instanceof Refusal) return callback(error);
        log.error({ err: error, method: call.getPath() }, 'a call failed');
        callback({ code: status.UNAVAILABLE, details: 'the service cannot do this now' });
      },
    );
  };
}
