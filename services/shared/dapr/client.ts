import { status, type ServiceError } from '@grpc/grpc-js';
import type { ActorClient, ActorDefinition, AnyCommand } from './actor';
import { backoffMs, pause } from './backoff';
import { ActorFault, replyEnvelope, type CallEnvelope } from './envelope';

/** How long a call without a deadline of its own may take, its retries included. */
const DEFAULT_CALL_MS = 10_000;
/** A call whose carrier died may hang without a word; it is then sent again, and the first one does no harm. */
const ATTEMPT_MS = 5_000;
const RETRY_FIRST_MS = 20;
const RETRY_MAX_MS = 500;

/** What carries a call to wherever its actor is placed. */
export interface ActorInvoker {
  invokeActor(type: string, id: string, method: string, body: string, deadlineMs: number): Promise<string>;
}

/** Actors of one type, by their id. */
export interface Actors<C> {
  of(id: string): ActorClient<C>;
}

/**
 * The typed way to call actors: `orders.of(number).register({...}, { deadlineMs })`.
 *
 * A call is tried again until its deadline (epoch milliseconds) while actors move or their process restarts, so
 * it may be carried out more than once: commands are idempotent or carry an operation id.
 * Throws ActorFault when there was no reply in time.
 */
export function actorClient<S, C extends Record<string, AnyCommand<S>>>(
  invoker: ActorInvoker,
  definition: ActorDefinition<S, C>,
): Actors<C> {
  const of = (id: string): ActorClient<C> => {
    const calls = Object.keys(definition.commands).map((command) => [
      command,
      (input: unknown, options?: { deadlineMs?: number }) =>
        callUntilReplied(invoker, definition.type, id, command, input, options?.deadlineMs),
    ]);
    return Object.fromEntries(calls) as ActorClient<C>;
  };
  return { of };
}

async function callUntilReplied(
  invoker: ActorInvoker,
  type: string,
  id: string,
  command: string,
  input: unknown,
  deadlineMs = Date.now() + DEFAULT_CALL_MS,
): Promise<unknown> {
  const body = JSON.stringify({ input, deadline_ms: deadlineMs } satisfies CallEnvelope);
  for (let attempt = 0; ; attempt++) {
    let fault: ActorFault;
    try {
      return await call(invoker, type, id, command, body, Math.min(deadlineMs, Date.now() + ATTEMPT_MS));
    } catch (error) {
      fault = faultOf(error);
    }
    const waitMs = backoffMs(attempt, RETRY_FIRST_MS, RETRY_MAX_MS);
    if (!fault.retry || Date.now() + waitMs >= deadlineMs) throw fault;
    await pause(waitMs);
  }
}

async function call(
  invoker: ActorInvoker,
  type: string,
  id: string,
  command: string,
  body: string,
  deadlineMs: number,
): Promise<unknown> {
  const answer = replyEnvelope.parse(
    JSON.parse(await invoker.invokeActor(type, id, command, body, deadlineMs)),
  );
  if ('fault' in answer) throw new ActorFault(answer.fault, answer.retry);
  return answer.reply;
}

/** Placement that is on the move shows as one of several statuses; only a request that can never pass is final. */
function faultOf(error: unknown): ActorFault {
  if (error instanceof ActorFault) return error;
  const { code, message } = error as Partial<ServiceError>;
  const final = code === undefined || code === status.INVALID_ARGUMENT;
  return new ActorFault(message ?? String(error), !final);
}
