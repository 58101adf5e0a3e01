import { readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { adopt } from './adopt';
import { StackError } from './errors';
import { startInfrastructure } from './infrastructure';
import { logEnd } from './log-end';
import { sidecarName } from './plan';
import { isRunning } from './process-table';
import type { StackPlan } from './prepare';
import { isReady, launch, waitUntil } from './processes';
import { readRecord, recordProcess, writeRecord, type RunningProcess } from './record';

/** The CLI starts one app after the other and waits for each sidecar. */
const READY_TIMEOUT_MS = 90_000;

/**
 * Starts all of a stack whose record is written: broker and control plane, then `dapr run -f` with the services,
 * and waits until every service is ready.
 * @throws StackError in one sentence; what was started by then still runs, and is in the record
 */
export async function startStack(
  plan: StackPlan,
  say: (what: string) => void,
  stop: AbortSignal,
): Promise<void> {
  await startInfrastructure(plan, say, stop);
  say('dapr run: starting the services');
  stop.throwIfAborted();
  const cli = await launch(plan.cli);
  recordProcess(plan.paths.record, cli);
  const waiting = new Set(plan.apps.map(({ name }) => name));
  const seen = new Set<string>();
  const met = await waitUntil(
    async () => {
      const record = adopt(currentRecord(plan));
      writeRecord(plan.paths.record, record);
      refuseDead(plan, [cli, ...record.processes], seen);
      for (const { spec } of record.processes.filter(isRunning)) {
        if (!waiting.has(spec.name) || !(await isReady(spec))) continue;
        waiting.delete(spec.name);
        say(`${spec.name} is ready`);
      }
      return waiting.size === 0;
    },
    READY_TIMEOUT_MS,
    stop,
  );
  if (!met) throw new StackError(notReady(plan, [...waiting]));
  nameLogs(plan);
}

function currentRecord(plan: StackPlan) {
  const record = readRecord(plan.paths.record);
  if (!record) throw new StackError(`The record ${plan.paths.record} is gone: somebody stopped the stack.`);
  return record;
}

/** A sidecar that dies at its start makes the CLI wait for minutes: whoever ran and runs no more ends the start. */
function refuseDead(plan: StackPlan, processes: RunningProcess[], seen: Set<string>): void {
  for (const one of processes) {
    const { name } = one.spec;
    if (isRunning(one)) seen.add(name);
    else if (seen.has(name)) {
      const log = logOf(plan, name);
      throw new StackError(`${name} ended while it was starting; its log (${log}) ends with: ${logEnd(log)}`);
    }
  }
}

function notReady(plan: StackPlan, names: string[]): string {
  const ends = names.map((name) => `${name} (its log ends with: ${logEnd(logOf(plan, name))})`);
  return `Not ready after ${READY_TIMEOUT_MS / 1_000} s: ${ends.join('; ')}`;
}

/** The CLI names its logs by app id and time; theirs get the names that a log has when we start the process. */
function nameLogs(plan: StackPlan): void {
  for (const { name } of plan.apps) {
    for (const as of [name, sidecarName(name)]) {
      const file = logOf(plan, as);
      const link = join(plan.paths.log, `${as}.log`);
      if (file !== link) symlinkSync(file, link);
    }
  }
}

/** Where the output of a process is at this moment. */
function logOf(plan: StackPlan, name: string): string {
  const app = plan.apps.find(({ app: { name: own }, sidecar }) => [own, sidecar.name].includes(name));
  const kind = app?.sidecar.name === name ? 'daprd' : 'app';
  const made = readdirSync(plan.paths.log).find((file) => app && file.startsWith(`${app.appId}_${kind}_`));
  return join(plan.paths.log, made ?? `${name}.log`);
}
