import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  cacheFolder,
  ensureArtifact,
  findArtifact,
  folderName,
  type Artifact,
} from '../../../tools/provision/cache';
import { elapsed, Progress } from '../../../tools/provision/progress';

describe('cacheFolder', () => {
  it.each([
    ['named', { GOPHERMART_CACHE: '/c', XDG_CACHE_HOME: '/x' }, '/c'],
    ['by XDG', { XDG_CACHE_HOME: '/x' }, '/x/gophermart'],
    ['by default', { XDG_CACHE_HOME: '' }, '/home/me/.cache/gophermart'],
  ])('%s', (_name, env, expected) => {
    expect(cacheFolder(env, '/home/me')).toBe(expected);
  });
});

describe('folderName', () => {
  const base = { name: 'kafka', version: '4.4.0', ingredients: ['pom', 'linux'] };

  it('is the same for the same ingredients', () => {
    expect(folderName(base)).toMatch(/^kafka-4\.4\.0-[0-9a-f]{12}$/);
    expect(folderName({ ...base })).toBe(folderName(base));
  });

  it.each([
    ['version', { version: '4.4.1' }],
    ['content', { ingredients: ['pom2', 'linux'] }],
    ['platform', { ingredients: ['pom', 'darwin'] }],
    ['border between ingredients', { ingredients: ['po', 'mlinux'] }],
  ])('changes with the %s', (_name, change) => {
    expect(folderName({ ...base, ...change })).not.toBe(folderName(base));
  });
});

describe('ensureArtifact', () => {
  let cache: string;
  let written: string;
  let made: number;
  const progress = new Progress({ write: (text) => (written += text) });
  const artifact: Artifact = {
    name: 'thing',
    version: '1',
    ingredients: [],
    make: async ({ folder }) => {
      made++;
      writeFileSync(join(folder, 'program'), 'content');
    },
  };
  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), 'cache-'));
    written = '';
    made = 0;
  });
  afterEach(() => rmSync(cache, { recursive: true }));

  it('makes it once', async () => {
    const folder = await ensureArtifact(cache, artifact, progress);
    expect(await ensureArtifact(cache, artifact, progress)).toBe(folder);
    expect(made).toBe(1);
    expect(written).toContain('thing 1: ready after');
    expect(readdirSync(cache).sort()).toEqual(['logs', folderName(artifact)]);
  });

  it('makes it once for two who ask at the same time', async () => {
    const folders = await Promise.all([1, 2].map(() => ensureArtifact(cache, artifact, progress)));
    expect(new Set(folders).size).toBe(1);
    expect(made).toBe(1);
  });

  it('leaves nothing when making fails, and makes it the next time', async () => {
    const failing = { ...artifact, make: () => Promise.reject(new Error('no network')) };
    await expect(ensureArtifact(cache, failing, progress)).rejects.toThrow('no network');
    expect(readdirSync(cache)).toEqual(['logs']);
    await ensureArtifact(cache, artifact, progress);
    expect(made).toBe(1);
  });

  it('makes it again when a file of it is gone', async () => {
    const folder = await ensureArtifact(cache, artifact, progress);
    rmSync(join(folder, 'program'));
    expect(findArtifact(cache, artifact)).toBeUndefined();
    await ensureArtifact(cache, artifact, progress);
    expect(made).toBe(2);
    expect(existsSync(join(folder, 'program'))).toBe(true);
  });

  it('clears away what a killed build has left, but not what a living one is making', async () => {
    const mine = `${folderName(artifact)}.tmp-99`;
    for (const left of [mine, 'dead-1-abc.tmp-98', 'living-1-abc.tmp-97']) mkdirSync(join(cache, left));
    writeFileSync(
      join(cache, `${folderName(artifact)}.lock`),
      JSON.stringify({ pid: 2 ** 30, host: hostname() }),
    );
    writeFileSync(join(cache, 'living-1-abc.lock'), JSON.stringify({ pid: process.pid, host: hostname() }));
    await ensureArtifact(cache, artifact, progress);
    expect(readdirSync(cache).filter((entry) => entry.includes('.tmp-'))).toEqual(['living-1-abc.tmp-97']);
  });
});

describe('elapsed', () => {
  it.each([
    [400, '0 s'],
    [45_000, '45 s'],
    [59_600, '1 min 0 s'],
    [130_000, '2 min 10 s'],
  ])('%d ms', (durationMs, expected) => {
    expect(elapsed(durationMs)).toBe(expected);
  });
});
