import { linkSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { readIfThere } from './command';
import { ProvisionError } from './errors';

const HEARTBEAT_MS = 5_000;
const POLL_MS = 500;
/** A holder that has not touched its lock for so long is gone, whoever runs under its pid now. */
const SILENCE_MS = 60_000;
const WAIT_LIMIT_MS = 60 * 60_000;

export interface LockOwner {
  pid: number;
  host: string;
}

/** Facts about this machine that decide whether a holder still lives. */
export interface Here {
  host: string;
  nowMs: number;
  isAlive: (pid: number) => boolean;
}

/** Whether the holder of a lock is gone: silent for a minute, or a process of this machine that has ended. */
export function isStale(owner: LockOwner, touchedMs: number, here: Here): boolean {
  if (here.nowMs - touchedMs > SILENCE_MS) return true;
  return owner.host === here.host && !here.isAlive(owner.pid);
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Who holds the lock now; undefined when nobody does, or only one who is gone. */
export function holder(file: string): LockOwner | undefined {
  const state = inspect(file);
  return state.kind === 'held' ? state.owner : undefined;
}

/**
 * Waits until this process holds the lock. It only spares two clones the same work: what they make is renamed into place
 * whole, so nothing breaks if two should ever hold it.
 * @return the function that releases it.
 */
export async function acquireLock(file: string, onWait: (owner: LockOwner) => void): Promise<() => void> {
  const since = Date.now();
  for (;;) {
    if (tryLock(file)) break;
    const state = inspect(file);
    if (state.kind === 'stale') discard(file, state.text);
    if (state.kind !== 'held') continue;
    if (Date.now() - since > WAIT_LIMIT_MS) {
      throw new ProvisionError(
        `process ${state.owner.pid} has held ${file} for an hour; end it and try again`,
      );
    }
    onWait(state.owner);
    await wait(POLL_MS);
  }
  const heartbeat = setInterval(() => touch(file), HEARTBEAT_MS).unref();
  return () => {
    clearInterval(heartbeat);
    rmSync(file, { force: true });
  };
}

type LockState = { kind: 'free' } | { kind: 'held'; owner: LockOwner } | { kind: 'stale'; text: string };

function inspect(file: string): LockState {
  const text = readIfThere(file);
  const touchedMs = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  if (text === undefined || touchedMs === undefined) return { kind: 'free' };
  const owner = parseOwner(text);
  const here = { host: hostname(), nowMs: Date.now(), isAlive };
  if (owner === undefined || isStale(owner, touchedMs, here)) return { kind: 'stale', text };
  return { kind: 'held', owner };
}

/** A lock appears with its content in one step, so that no reader meets it half written. */
function tryLock(file: string): boolean {
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, JSON.stringify({ pid: process.pid, host: hostname() } satisfies LockOwner));
  try {
    linkSync(mine, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Takes a dead holder's lock away, unless another process has replaced it meanwhile. */
function discard(file: string, staleText: string): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
    if (readIfThere(aside) !== staleText) linkSync(aside, file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOENT' && code !== 'EEXIST') throw error;
  }
  rmSync(aside, { force: true });
}

function parseOwner(text: string): LockOwner | undefined {
  try {
    const owner = JSON.parse(text) as Partial<LockOwner>;
    return typeof owner.pid === 'number' && typeof owner.host === 'string' ? (owner as LockOwner) : undefined;
  } catch {
    return undefined;
  }
}

function touch(file: string): void {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {
    // The cache folder was wiped under us; the rename at the end will tell.
  }
}
