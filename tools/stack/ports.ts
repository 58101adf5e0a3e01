import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { StackError } from './errors';
import { readIfThere } from './files';
import { DATA_DIR_MARK, type ProcessSpec } from './plan';
import { findProcess } from './process-table';

const LISTEN = '0A';
const COMMAND_LENGTH = 80;
const NAMED_PORTS = 4;

/** Whether nothing listens there, on no address of this machine. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** @throws StackError naming the ports that are taken, and by whom */
export async function requireFreePorts(specs: ProcessSpec[]): Promise<void> {
  const taken = new Map<string, string[]>();
  for (const { name, ports } of specs) {
    for (const port of new Set(Object.values(ports))) {
      if (await isFree(port)) continue;
      const owner = describeOwner(portOwner(port));
      taken.set(owner, [...(taken.get(owner) ?? []), `${port} (${name})`]);
    }
  }
  if (taken.size > 0) throw new StackError(`Nothing was started: ${describeTaken(taken)}.`);
}

const describeTaken = (taken: Map<string, string[]>): string =>
  [...taken]
    .map(([owner, ports]) => {
      const named = ports.slice(0, NAMED_PORTS).join(', ');
      const more = ports.length > NAMED_PORTS ? ` and ${ports.length - NAMED_PORTS} more` : '';
      const [noun, verb] = ports.length > 1 ? ['ports', 'are'] : ['port', 'is'];
      return `${noun} ${named}${more} ${verb} taken by ${owner}`;
    })
    .join('; ');

export interface PortOwner {
  pid: number;
  command: string;
  /** The DATA_DIR of the stack that the process belongs to, if it is one of ours. */
  dataDir?: string;
}

/** @returns undefined when the owner cannot be told, such as another user's process */
export function portOwner(port: number): PortOwner | undefined {
  const pid = ownerByProc(port) ?? ownerByLsof(port);
  if (pid === undefined) return undefined;
  const dataDir = environmentOf(pid)[DATA_DIR_MARK];
  return {
    pid,
    command: findProcess(pid)?.command ?? '?',
    ...(dataDir === undefined ? {} : { dataDir }),
  };
}

export function describeOwner(owner: PortOwner | undefined): string {
  if (!owner) return 'a process that this user may not see, or an outgoing connection';
  if (owner.dataDir !== undefined) return `the stack that keeps its data in ${owner.dataDir}`;
  const { pid, command } = owner;
  const short = command.length > COMMAND_LENGTH ? `${command.slice(0, COMMAND_LENGTH)}…` : command;
  return `process ${pid} (${short})`;
}

function ownerByProc(port: number): number | undefined {
  const inodes = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => listeners(file, port)));
  if (inodes.size === 0) return undefined;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => socketsOf(pid).some((inode) => inodes.has(inode)));
}

function listeners(file: string, port: number): string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const rows = (readIfThere(file) ?? '').split('\n').map((line) => line.trim().split(/\s+/));
  return rows
    .filter(([, local, , state]) => state === LISTEN && local?.endsWith(`:${hex}`) === true)
    .map((row) => row[9] ?? '');
}

function socketsOf(pid: number): string[] {
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${fd}`))?.[1] ?? [];
      } catch {
        return []; // closed meanwhile
      }
    });
  } catch {
    return []; // it ended meanwhile, or is another user's
  }
}

function ownerByLsof(port: number): number | undefined {
  const { stdout } = spawnSync('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-t'], { encoding: 'utf8' });
  const pid = Number((stdout ?? '').split('\n')[0]);
  return pid > 0 ? pid : undefined;
}

function environmentOf(pid: number): Record<string, string> {
  try {
    const pairs = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    return Object.fromEntries(
      pairs.map((pair) => [pair.split('=')[0] ?? '', pair.slice(pair.indexOf('=') + 1)]),
    );
  } catch {
    return {}; // not Linux, or another user's
  }
}
