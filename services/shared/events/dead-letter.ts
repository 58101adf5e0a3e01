import { z } from 'zod';

/** What goes to `<topic>.dead` in place of an event that no consumer understands. It is no CloudEvent. */
export const deadLetter = z.object({
  /** Why: a slug. */
  cause: z.string(),
  /** Where the event came from. */
  topic: z.string(),
  /** The app that has met it. */
  consumer: z.string(),
  received_at: z.iso.datetime(),
  /** The event as it came, cut where a hop would not take it. */
  payload: z.string(),
});
export type DeadLetterBody = z.infer<typeof deadLetter>;
