import type { ChangesAnswer } from './actors/reads';
import { realClock, type Clock } from './patience';
import type { Watches } from './watches';

/** Somewhat less than the longest that a call may take (services/shared/grpc.ts). */
export const MAX_WAIT_MS = 8_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;

export interface ChangesQuestion {
  account: string;
  /** The version of the view that the caller has seen. */
  since: number;
  waitMs: number;
}

/**
 * Asks the view until it has changed, or the wait is over; outside of any turn, so that nobody else waits. A
 * change that this process applies is answered at once, one that another replica applies at the next asking.
 * @returns the last answer; earlier than asked for when too many wait or the process stops
 */
export async function askUntilChanged(
  ask: () => Promise<ChangesAnswer>,
  { account, since, waitMs }: ChangesQuestion,
  watches: Watches,
  clock: Clock = realClock,
): Promise<ChangesAnswer> {
  const untilMs = clock.nowMs() + waitMs;
  const watch = watches.watch(account);
  if (!watch) return ask();
  try {
    let pauseMs = FIRST_PAUSE_MS;
    for (;;) {
      // before the question: a change while it is answered is not missed
      const changed = watch.next();
      const answer = await ask();
      const leftMs = untilMs - clock.nowMs();
      if (answer.version !== since || leftMs <= 0 || watches.ended) return answer;
      await Promise.race([changed, clock.pause(Math.min(pauseMs, leftMs))]);
      pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
    }
  } finally {
    watch.close();
  }
}
