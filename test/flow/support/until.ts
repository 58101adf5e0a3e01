import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 50;

/** Waits for a condition. One that throws is not met yet. @throws after `boundMs`, with what the last try threw */
export async function until(condition: () => boolean | Promise<boolean>, boundMs: number): Promise<void> {
  const deadline = Date.now() + boundMs;
  for (;;) {
    let cause: unknown;
    try {
      if (await condition()) return;
    } catch (error) {
      cause = error;
    }
    if (Date.now() > deadline) throw new Error(`the condition was not met within ${boundMs} ms`, { cause });
    await sleep(POLL_MS);
  }
}
