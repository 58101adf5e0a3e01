import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readIfThere } from './command';
import { acquireLock, holder } from './lock';
import type { Progress } from './progress';

const MANIFEST = 'manifest.json';
const TEMPORARY = /^(.+)\.tmp-\d+(?:-old)?$/;

/** Something that is made once for all clones: a folder whose name changes with whatever it is made from. */
export interface Artifact {
  name: string;
  version: string;
  /** Everything else the result depends on: contents of files, flags, platform. */
  ingredients: string[];
  /** Makes and checks it in `folder`; `folder` gets its final name only when this has succeeded. */
  make(work: Work): Promise<void>;
}

export interface Work {
  folder: string;
  log: string;
  say: (detail: string) => void;
}

interface Manifest {
  /** The version that was verified when it was made. */
  version: string;
  made_at: string;
  /** Size in bytes and modification time in seconds of each file, by its path in the folder. */
  files: Record<string, [sizeBytes: number, modifiedS: number]>;
}

/** One folder per user: $GOPHERMART_CACHE, else $XDG_CACHE_HOME/gophermart, else ~/.cache/gophermart. */
export function cacheFolder(env: NodeJS.ProcessEnv, home: string): string {
  if (env.GOPHERMART_CACHE) return env.GOPHERMART_CACHE;
  return join(env.XDG_CACHE_HOME || join(home, '.cache'), 'gophermart');
}

/** `<name>-<version>-<12 hex digits of its ingredients>`. */
export function folderName(artifact: Pick<Artifact, 'name' | 'version' | 'ingredients'>): string {
  const hash = createHash('sha256').update(JSON.stringify([artifact.version, ...artifact.ingredients]));
  return `${artifact.name}-${artifact.version}-${hash.digest('hex').slice(0, 12)}`;
}

/** The artifact's folder if it is there whole, as its manifest says; undefined otherwise. */
export function findArtifact(cache: string, artifact: Artifact): string | undefined {
  const folder = join(cache, folderName(artifact));
  return isWhole(folder) ? folder : undefined;
}

/** The artifact's folder, made now if need be: built beside, checked, then renamed; one process at a time. */
export async function ensureArtifact(cache: string, artifact: Artifact, progress: Progress): Promise<string> {
  const found = findArtifact(cache, artifact);
  if (found) return found;
  const folder = join(cache, folderName(artifact));
  const log = join(cache, 'logs', `${artifact.name}.log`);
  mkdirSync(join(cache, 'logs'), { recursive: true });
  return progress.step(`${artifact.name} ${artifact.version}`, async (say) => {
    const release = await acquireLock(`${folder}.lock`, (owner) =>
      say(`waiting for process ${owner.pid}, which is making it`),
    );
    try {
      if (isWhole(folder)) return folder;
      removeLeftovers(cache, folderName(artifact));
      writeFileSync(log, '');
      const temporary = `${folder}.tmp-${process.pid}`;
      try {
        mkdirSync(temporary);
        await artifact.make({ folder: temporary, log, say });
        writeFileSync(
          join(temporary, MANIFEST),
          JSON.stringify(describe(temporary, artifact.version), null, 2),
        );
        replace(folder, temporary);
      } finally {
        rmSync(temporary, { recursive: true, force: true });
      }
      return folder;
    } finally {
      release();
    }
  });
}

function isWhole(folder: string): boolean {
  const manifest = readManifest(folder);
  if (!manifest) return false;
  return Object.entries(manifest.files).every(([path, [sizeBytes, modifiedS]]) => {
    const file = statSync(join(folder, path), { throwIfNoEntry: false });
    return file?.size === sizeBytes && Math.floor(file.mtimeMs / 1_000) === modifiedS;
  });
}

function readManifest(folder: string): Manifest | undefined {
  const text = readIfThere(join(folder, MANIFEST));
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Manifest);
  } catch {
    return undefined; // cut short, as by a power failure
  }
}

function describe(folder: string, version: string): Manifest {
  const files: Manifest['files'] = {};
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const file = statSync(join(folder, entry));
    if (file.isFile()) files[entry] = [file.size, Math.floor(file.mtimeMs / 1_000)];
  }
  return { version, made_at: new Date().toISOString(), files };
}

/** A folder that is there but no longer whole (a file deleted by hand) makes room first. */
function replace(folder: string, made: string): void {
  const old = `${folder}.tmp-${process.pid}-old`;
  if (statSync(folder, { throwIfNoEntry: false })) renameSync(folder, old);
  renameSync(made, folder);
  rmSync(old, { recursive: true, force: true });
}

/** Deletes what interrupted builds have left, but nothing that a living process is making. */
function removeLeftovers(cache: string, mine: string): void {
  for (const entry of readdirSync(cache)) {
    const target = TEMPORARY.exec(entry)?.[1];
    if (target === undefined) continue;
    if (target === mine || !holder(join(cache, `${target}.lock`))) {
      rmSync(join(cache, entry), { recursive: true, force: true });
    }
  }
}
