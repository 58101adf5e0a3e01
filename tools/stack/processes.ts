import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, lstatSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { StackError } from './errors';
import { logEnd } from './log-end';
import type { ProcessSpec } from './plan';
import { findProcess, isRunning } from './process-table';
import type { RunningProcess } from './record';

const PROBE_TIMEOUT_MS = 2_000;
const POLL_MS = 50;

/**
 * Starts a process in a session of its own: a Ctrl-C in the terminal does not reach it, and it outlives us.
 * Its output is added to its log.
 * @throws StackError when it cannot be started
 */
export async function launch(spec: ProcessSpec): Promise<RunningProcess> {
  mkdirSync(dirname(spec.logFile), { recursive: true });
  // a link leads to a log that the Dapr CLI holds open and would write over ours
  if (lstatSync(spec.logFile, { throwIfNoEntry: false })?.isSymbolicLink()) rmSync(spec.logFile);
  const log = openSync(spec.logFile, 'a');
  try {
    const child = spawn(spec.command, spec.args, {
      cwd: spec.cwd,
      env: { ...process.env, ...spec.env },
      detached: true,
      stdio: ['ignore', log, log],
    });
    await once(child, 'spawn').catch((error: Error) => {
      throw new StackError(`${spec.name} cannot be started: ${error.message}`);
    });
    child.unref();
    const pid = child.pid as number;
    return { pid, started: findProcess(pid)?.started ?? 'ended at once', spec };
  } finally {
    closeSync(log);
  }
}

/** Sends a signal to that very process. @returns false when it does not run any more */
export function signal(running: RunningProcess, name: NodeJS.Signals): boolean {
  if (!isRunning(running)) return false;
  try {
    return process.kill(running.pid, name);
  } catch {
    return false; // it ended meanwhile
  }
}

/** @returns whether the condition was met in time @throws the signal's reason when it aborts */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number,
  stop?: AbortSignal,
): Promise<boolean> {
  const end = Date.now() + timeoutMs;
  while (!(await condition())) {
    stop?.throwIfAborted();
    if (Date.now() >= end) return false;
    await delay(POLL_MS);
  }
  return true;
}

/**
 * Waits until a process is ready.
 * @throws StackError at once when it ends, or when it is not ready in time; with the last line of its log
 */
export async function waitReady(
  running: RunningProcess,
  ready: () => Promise<boolean>,
  timeoutMs: number,
  stop?: AbortSignal,
): Promise<void> {
  const { name, logFile } = running.spec;
  const met = await waitUntil(async () => !isRunning(running) || (await ready()), timeoutMs, stop);
  if (met && isRunning(running)) return;
  const what = met ? 'ended while it was starting' : `is not ready after ${timeoutMs / 1_000} s`;
  throw new StackError(`${name} ${what}; its log (${logFile}) ends with: ${logEnd(logFile)}`);
}

/** Whether something on this machine accepts connections there. */
export function isListening(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: PROBE_TIMEOUT_MS });
    const answer = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
    socket.once('timeout', () => answer(false));
  });
}

/** Whether a GET is answered with a 2xx. */
export async function isAnswering(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

/** How a process of each kind says that it is ready. */
export function isReady(spec: ProcessSpec): Promise<boolean> {
  const { ports } = spec;
  const answers = (port: number | undefined, path: string) => isAnswering(`http://127.0.0.1:${port}${path}`);
  switch (spec.kind) {
    case 'app':
      return isAppReady(ports);
    case 'sidecar':
      return answers(ports.http, '/v1.0/healthz/outbound');
    case 'placement':
    case 'scheduler':
      return answers(ports.health, '/healthz');
    case 'broker':
      return isListening(ports.kafka as number);
    case 'cli':
      return Promise.resolve(true);
  }
}

/** Its edges are open and, where it has an operators' port (the calculator's simulator has none), it says so itself. */
async function isAppReady(ports: Record<string, number>): Promise<boolean> {
  const open = await Promise.all(Object.values(ports).map((port) => isListening(port)));
  if (open.includes(false)) return false;
  return ports.ops === undefined || isAnswering(`http://127.0.0.1:${ports.ops}/readyz`);
}
