import { rmSync } from 'node:fs';
import { readIfThere, writeWhole } from './files';
import type { ProcessKind, ProcessSpec } from './plan';
import { findProcess, isRunning } from './process-table';
import { allProcesses, type StackPlan } from './prepare';
import type { Settings } from './settings';

/** A process as it was started: enough to tell whether it still runs, and to start it again. */
export interface RunningProcess {
  pid: number;
  started: string;
  spec: ProcessSpec;
}

/** What runs of a stack. Whoever starts or stops something of it writes it down here at once. */
export interface RunRecord {
  /** Without the environment. */
  settings: Settings;
  stackId: string;
  /** The versions of the programs that run. */
  versions: Record<string, string>;
  /** The `npm start`, or the test run, that answers for it. */
  supervisor: { pid: number; started: string };
  processes: RunningProcess[];
}

/** A stack of which nothing has been started yet. @param supervisor the pid of the process that answers for it */
export function newRecord(plan: StackPlan, supervisor: number): RunRecord {
  const { daprRuntime, daprCli, kafka, java } = plan.toolchain.versions;
  return {
    settings: { ...plan.settings, environment: {} },
    stackId: plan.stackId,
    versions: { dapr: daprRuntime, cli: daprCli, kafka, java, node: process.versions.node },
    supervisor: { pid: supervisor, started: findProcess(supervisor)?.started ?? '' },
    processes: allProcesses(plan).map((spec) => ({ pid: 0, started: 'not yet', spec })),
  };
}

/** @returns undefined when nothing was started, or all was stopped in order */
export function readRecord(file: string): RunRecord | undefined {
  const text = readIfThere(file);
  return text === undefined ? undefined : (JSON.parse(text) as RunRecord);
}

export const writeRecord = (file: string, record: RunRecord): void =>
  writeWhole(file, `${JSON.stringify(record, null, 2)}\n`);

export const removeRecord = (file: string): void => rmSync(file, { force: true });

/** Puts a process down as running, in the place of the one that had its name before. */
export function recordProcess(file: string, started: RunningProcess): void {
  const record = readRecord(file);
  if (!record) throw new Error(`there is no run record ${file}`);
  const at = record.processes.findIndex(({ spec }) => spec.name === started.spec.name);
  if (at === -1) record.processes.push(started);
  else record.processes[at] = started;
  writeRecord(file, record);
}

export const runningOf = (record: RunRecord, ...kinds: ProcessKind[]): RunningProcess[] =>
  record.processes.filter((one) => kinds.includes(one.spec.kind) && isRunning(one));

/** Whether anything of the stack runs, the `npm start` that watches it included. */
export const isAnyRunning = (record: RunRecord): boolean =>
  isRunning(record.supervisor) || record.processes.some(isRunning);
