import { adopt } from './adopt';
import { STOP_ORDER, type ProcessKind } from './plan';
import { isRunning } from './process-table';
import { signal, waitUntil } from './processes';
import { runningOf, type RunningProcess, type RunRecord } from './record';

/** How long each kind may take to end by itself; apps finish their turns. Below 10 s in all. */
const GRACE_MS: Record<ProcessKind, number> = {
  app: 4_000,
  sidecar: 2_000,
  cli: 1_000,
  scheduler: 1_000,
  placement: 1_000,
  broker: 2_500,
};
/** A killed process is gone as soon as the kernel gets to it. */
const KILL_MS = 1_000;

/**
 * Stops everything of a stack that runs: apps first, then sidecars, control plane, broker. What does not end in
 * its time is killed. Safe to call when part or all of it is stopped already.
 * @returns the names of those that had to be killed
 */
export async function shutDown(record: RunRecord): Promise<string[]> {
  const killed: string[] = [];
  const whole = adopt(record);
  for (const kinds of STOP_ORDER) {
    const running = runningOf(whole, ...kinds);
    const graceMs = Math.max(...kinds.map((kind) => GRACE_MS[kind]));
    killed.push(...(await end(running, graceMs)));
  }
  return killed;
}

/** Kills everything of a stack at once. */
export async function killAll(record: RunRecord): Promise<void> {
  const running = adopt(record).processes.filter(isRunning);
  running.forEach((one) => signal(one, 'SIGKILL'));
  await waitUntil(() => !running.some(isRunning), KILL_MS);
}

async function end(running: RunningProcess[], graceMs: number): Promise<string[]> {
  running.forEach((one) => signal(one, 'SIGTERM'));
  if (await waitUntil(() => !running.some(isRunning), graceMs)) return [];
  const left = running.filter((one) => signal(one, 'SIGKILL'));
  await waitUntil(() => !left.some(isRunning), KILL_MS);
  return left.map(({ spec }) => spec.name);
}
