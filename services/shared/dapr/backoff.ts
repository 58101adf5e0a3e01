import { setTimeout as sleep } from 'node:timers/promises';

/** Exponential back-off with full jitter: somewhere between half and all of `firstMs * 2^attempt`, at most `maxMs`. */
export function backoffMs(attempt: number, firstMs: number, maxMs: number): number {
  const ceiling = Math.min(maxMs, firstMs * 2 ** attempt);
  return ceiling * (0.5 + Math.random() / 2);
}

export const pause = (ms: number): Promise<void> => sleep(ms);
