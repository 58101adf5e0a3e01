/** What is not said to be ready is first asked after so long. */
export const FIRST_POLL_MS = 50;
const BASE_MS = 100;
const MAX_MS = 10_000;
/** An order that is older than this is asked for less often. */
export const OLD_AFTER_MS = 3_600_000;
const MAX_OLD_MS = 300_000;
/** Full jitter may come out as nothing; so long is waited all the same. */
const MIN_MS = 20;
/** 2^20 base delays are above every maximum. */
const MAX_EXPONENT = 20;

/**
 * Exponential back-off with full jitter.
 * @param attempts that did not get on so far, 1 or more
 * @param ageMs since the order was recorded
 * @param chance from [0, 1)
 */
export function backoffMs(attempts: number, ageMs: number, chance: number): number {
  const maxMs = ageMs < OLD_AFTER_MS ? MAX_MS : MAX_OLD_MS;
  const boundMs = Math.min(maxMs, BASE_MS * 2 ** Math.min(attempts - 1, MAX_EXPONENT));
  return Math.max(MIN_MS, Math.round(chance * boundMs));
}
