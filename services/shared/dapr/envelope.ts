import { z } from 'zod';

/** What a caller sends to an actor. The deadline is the caller's own: a turn that would start later writes nothing. */
export const callEnvelope = z.object({ input: z.unknown(), deadline_ms: z.number() });
export type CallEnvelope = z.infer<typeof callEnvelope>;

/** The command that every actor type answers without a turn: it only tells that calls arrive. */
export const PING = 'ping--';

/**
 * What an actor answers. Dapr carries an actor's error to its caller as a success without a mark, so the
 * difference stands in the body: a `reply` (which may be a refusal, a value), or a `fault`.
 */
export const replyEnvelope = z.union([
  z.object({ reply: z.unknown() }).strict(),
  z.object({ fault: z.string(), retry: z.boolean() }).strict(),
]);
export type ReplyEnvelope = z.infer<typeof replyEnvelope>;

/** A call that gave no reply: the actor could not be reached in time, or its turn failed. */
export class ActorFault extends Error {
  constructor(
    message: string,
    /** False when trying again with the same input cannot help. */
    readonly retry: boolean,
  ) {
    super(message);
  }
}
