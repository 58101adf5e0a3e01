import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { acquireLock, holder, isStale } from '../../../tools/provision/lock';

const NOW_MS = 1_000_000;
const here = (alive: boolean) => ({ host: 'here', nowMs: NOW_MS, isAlive: () => alive });

describe('isStale', () => {
  it.each([
    ['its process lives', { pid: 7, host: 'here' }, NOW_MS - 5_000, true, false],
    ['its process has ended', { pid: 7, host: 'here' }, NOW_MS - 5_000, false, true],
    ['its pid runs, but it has been silent', { pid: 7, host: 'here' }, NOW_MS - 61_000, true, true],
    ['it is on another machine', { pid: 7, host: 'elsewhere' }, NOW_MS - 5_000, false, false],
    ['it is on another machine and silent', { pid: 7, host: 'elsewhere' }, NOW_MS - 61_000, false, true],
  ])('%s', (_name, owner, touchedMs, alive, expected) => {
    expect(isStale(owner, touchedMs, here(alive))).toBe(expected);
  });
});

describe('acquireLock', () => {
  let folder: string;
  const noWait = (): void => {
    throw new Error('had to wait');
  };
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'lock-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('holds until it is released', async () => {
    const file = join(folder, 'a.lock');
    const release = await acquireLock(file, noWait);
    expect(holder(file)).toEqual({ pid: process.pid, host: hostname() });
    release();
    expect(existsSync(file)).toBe(false);
  });

  it('lets the second wait for the first', async () => {
    const file = join(folder, 'a.lock');
    const releaseFirst = await acquireLock(file, noWait);
    const waited: number[] = [];
    const second = acquireLock(file, (owner) => {
      waited.push(owner.pid);
      releaseFirst();
    });
    (await second)();
    expect(waited).toEqual([process.pid]);
  });

  it.each([
    ['of a process that is gone', JSON.stringify({ pid: 2 ** 30, host: hostname() }), 0],
    ['silent for more than a minute', JSON.stringify({ pid: process.pid, host: hostname() }), 61],
    ['that says nothing', '', 0],
  ])('takes over one %s', async (_name, text, ageS) => {
    const file = join(folder, 'a.lock');
    writeFileSync(file, text);
    const touchedS = Date.now() / 1_000 - ageS;
    utimesSync(file, touchedS, touchedS);
    (await acquireLock(file, noWait))();
  });
});
