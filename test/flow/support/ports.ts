import { randomInt } from 'node:crypto';
import { isFree } from '../../../tools/stack/ports';

/** Below the range from which the system takes the ports of outgoing connections. */
const FIRST = 20_000;
const LAST = 32_000;
const ATTEMPTS = 50;

/** Ports in a row that nobody listens on at this moment; @returns the first of them */
export async function freePorts(count: number): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const first = randomInt(FIRST, LAST - count);
    const free = await Promise.all(Array.from({ length: count }, (_, at) => isFree(first + at)));
    if (free.every(Boolean)) return first;
  }
  throw new Error(`no ${count} free ports in a row were found`);
}
