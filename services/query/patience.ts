import { pause } from '../shared/dapr/backoff';

/** How long an answer waits for its customer's own writes, and how it asks meanwhile. */
export const PATIENCE_MS = 1_000;
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 40;

export interface Clock {
  nowMs: () => number;
  pause: (ms: number) => Promise<void>;
}

export const realClock: Clock = { nowMs: Date.now, pause };

/**
 * Asks the view until it shows every mark, or patience is over; outside of any turn, so that nobody else waits.
 * @returns the last answer, and whether it still lacks marks
 */
export async function askUntilShown<A extends { missing: unknown[] }>(
  ask: () => Promise<A>,
  clock: Clock = realClock,
): Promise<A & { lagging: boolean }> {
  const untilMs = clock.nowMs() + PATIENCE_MS;
  let pauseMs = FIRST_PAUSE_MS;
  for (;;) {
    const answer = await ask();
    const lagging = answer.missing.length > 0;
    if (!lagging || clock.nowMs() + pauseMs > untilMs) return { ...answer, lagging };
    await clock.pause(pauseMs);
    pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
  }
}
