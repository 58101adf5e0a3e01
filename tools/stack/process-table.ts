import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

export interface ProcessEntry {
  pid: number;
  parent: number;
  /** Tells this process from any other that ever had or will have its pid. */
  started: string;
  /** Arguments joined by blanks. */
  command: string;
}

const LINUX = existsSync('/proc/self/stat');
const PS_LINE = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\w+\s+\w+\s+\d+\s+[\d:]+\s+\d+)\s+(.*)$/;

/** All processes that run; those that have ended and only wait to be noticed are not among them. */
export function processTable(): Map<number, ProcessEntry> {
  const entries = LINUX ? fromProc() : fromPs();
  return new Map(entries.map((entry) => [entry.pid, entry]));
}

/** @returns undefined when no such process runs */
export function findProcess(pid: number): ProcessEntry | undefined {
  return LINUX ? procEntry(pid) : processTable().get(pid);
}

/** Whether the process that was started then still runs, not another that got its pid. */
export function isRunning(process: { pid: number; started: string }): boolean {
  return findProcess(process.pid)?.started === process.started;
}

/** The process and all that it has started, itself first. */
export function withDescendants(table: Map<number, ProcessEntry>, pid: number): ProcessEntry[] {
  const children = [...table.values()].filter((entry) => entry.parent === pid);
  const own = table.get(pid);
  return [...(own ? [own] : []), ...children.flatMap((child) => withDescendants(table, child.pid))];
}

function fromProc(): ProcessEntry[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => procEntry(Number(name)) ?? []);
}

let bootId: string | undefined;

function procEntry(pid: number): ProcessEntry | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // the name in parentheses may hold anything; the fields after it are numbered from 3 (state)
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    bootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return { pid, parent: Number(fields[1]), started: `${fields[19]}@${bootId}`, command };
  } catch {
    return undefined; // it ended meanwhile
  }
}

function fromPs(): ProcessEntry[] {
  const { stdout } = spawnSync('ps', ['-axo', 'pid=,ppid=,stat=,lstart=,command='], { encoding: 'utf8' });
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, state = 'Z', started = '', command = ''] = PS_LINE.exec(line) ?? [];
    return state.startsWith('Z') ? [] : [{ pid: Number(pid), parent: Number(parent), started, command }];
  });
}
