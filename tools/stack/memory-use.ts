import { readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';

export interface MemoryUse {
  /** Resident. */
  rssKb: number;
  /** Resident, what is shared with other processes counted by its share; undefined where the system does not tell. */
  pssKb?: number;
}

/** @returns undefined when the process does not run */
export function memoryUse(pid: number): MemoryUse | undefined {
  const rollup = readProc(`/proc/${pid}/smaps_rollup`);
  if (rollup !== undefined) return { rssKb: field(rollup, 'Rss'), pssKb: field(rollup, 'Pss') };
  const { stdout } = spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' });
  const rssKb = Number(stdout);
  return rssKb > 0 ? { rssKb } : undefined;
}

function readProc(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // not Linux, or it ended
  }
}

const field = (text: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);
