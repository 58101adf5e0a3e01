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
  const frozen = freezeBusyCli(record);
  const whole = adopt(record);
  for (const kinds of STOP_ORDER) {
    // woken, it would start the next app
    if (kinds.some((kind) => kind === 'cli')) frozen.forEach((cli) => signal(cli, 'SIGKILL'));
    const running = runningOf(whole, ...kinds);
    const graceMs = Math.max(...kinds.map((kind) => GRACE_MS[kind]));
    killed.push(...(await end(running, graceMs)));
  }
  return killed;
}

/** A CLI that is still starting apps would start the next ones while the first are being stopped. */
function freezeBusyCli(record: RunRecord): RunningProcess[] {
  const busy = record.processes.some(({ spec, pid }) => ['app', 'sidecar'].includes(spec.kind) && pid === 0);
  return busy ? runningOf(record, 'cli').filter((cli) => signal(cli, 'SIGSTOP')) : [];
}

/** Kills everything of a stack at once. */
export async function killAll(record: RunRecord): Promise<void> {
  freezeBusyCli(record);
  const running = adopt(record).processes.filter(isRunning);
  running.forEach((one) => signal(one, 'SIGKILL'));
  await waitUntil(() => !running.some(isRunning), KILL_MS);
}

async function end(running: RunningProcess[], graceMs: number): Promise<string[]> {
  running.forEach((one) => signal(one, 'SIGTERM'));
  // a frozen process takes the signal when it goes on
  running.forEach((one) => signal(one, 'SIGCONT'));
  if (await waitUntil(() => !running.some(isRunning), graceMs)) return [];
  const left = running.filter((one) => signal(one, 'SIGKILL'));
  await waitUntil(() => !left.some(isRunning), KILL_MS);
  return left.map(({ spec }) => spec.name);
}
