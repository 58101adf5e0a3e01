import { setInterval as every } from 'node:timers/promises';
import { isRunning } from './process-table';
import { readRecord } from './record';

const POLL_MS = 500;

/**
 * Says which process dies, and which comes back, until the record is gone or `signal` aborts. Whoever revives a
 * process writes it into the record, where it is found here.
 */
export async function supervise(
  recordFile: string,
  say: (what: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const dead = new Set<string>();
  try {
    for await (const _tick of every(POLL_MS, undefined, { signal })) {
      const record = readRecord(recordFile);
      if (!record) return;
      for (const one of record.processes) {
        const { name, kind, logFile } = one.spec;
        const runs = isRunning(one);
        if (!runs && !dead.has(name)) {
          dead.add(name);
          const remedy =
            kind === 'cli' ? 'the services go on without it' : `start it again: npm run revive -- ${name}`;
          say(`${name} died (log: ${logFile}); ${remedy}`);
        }
        if (runs && dead.delete(name)) say(`${name} runs again`);
      }
    }
  } catch (error) {
    if ((error as Error).name !== 'AbortError') throw error;
  }
}
