import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StackError } from '../../../tools/stack/errors';
import { readIfThere } from '../../../tools/stack/files';
import { lastWords } from '../../../tools/stack/log-end';
import type { ProcessKind, ProcessSpec } from '../../../tools/stack/plan';
import { findProcess, isRunning, processTable, withDescendants } from '../../../tools/stack/process-table';
import { launch, waitReady, waitUntil } from '../../../tools/stack/processes';
import {
  isAnyRunning,
  readRecord,
  recordProcess,
  writeRecord,
  type RunRecord,
} from '../../../tools/stack/record';
import { parseSettings } from '../../../tools/stack/settings';
import { shutDown } from '../../../tools/stack/shutdown';

const folder = mkdtempSync(join(tmpdir(), 'gophermart-processes-'));
const recordFile = join(folder, 'run', 'stack.json');
afterAll(() => rmSync(folder, { recursive: true }));

const program = (name: string, kind: ProcessKind, source: string): ProcessSpec => ({
  name,
  kind,
  command: process.execPath,
  args: ['-e', source],
  env: {},
  cwd: folder,
  logFile: join(folder, 'log', `${name}.log`),
  ports: {},
});
const FOREVER = 'setInterval(() => {}, 1000)';

function record(...specs: ProcessSpec[]): RunRecord {
  return {
    settings: parseSettings({ DATA_DIR: folder }, folder),
    stackId: 'x7f2',
    versions: {},
    supervisor: { pid: 0, started: 'never' },
    processes: specs.map((spec) => ({ pid: 0, started: 'not yet', spec })),
  };
}

describe('processes of a stack', () => {
  it('are found in the table with their parent', async () => {
    const running = await launch(program('app', 'app', FOREVER));
    expect(isRunning(running)).toBe(true);
    expect(withDescendants(processTable(), process.pid).map(({ pid }) => pid)).toContain(running.pid);
    await shutDown({ ...record(), processes: [running] });
    expect(isRunning(running)).toBe(false);
  });

  it('are told from another that got the same pid', () => {
    const own = findProcess(process.pid);
    expect(own?.command).toContain('jest');
    expect(isRunning({ pid: process.pid, started: 'at another time' })).toBe(false);
  });

  it('cannot be started without their program', async () => {
    const spec = { ...program('gone', 'app', ''), command: join(folder, 'gone') };
    await expect(launch(spec)).rejects.toThrow(StackError);
  });

  it('are told by their log when they end instead of getting ready', async () => {
    const running = await launch(program('bad', 'app', 'console.log("PORT is missing"); process.exit(1)'));
    const never = () => Promise.resolve(false);
    await expect(waitReady(running, never, 10_000)).rejects.toThrow(/bad ended .* PORT is missing/);
  });

  it('are killed when they do not end by themselves, and nobody else is', async () => {
    const stubborn = program(
      'stubborn',
      'placement',
      `process.on('SIGTERM', () => {}); console.log('deaf'); ${FOREVER}`,
    );
    const polite = program('polite', 'placement', FOREVER);
    writeRecord(recordFile, record(stubborn, polite));
    for (const spec of [stubborn, polite]) recordProcess(recordFile, await launch(spec));
    expect(await waitUntil(() => lastWords(readIfThere(stubborn.logFile) ?? '') === 'deaf', 10_000)).toBe(
      true,
    );
    const started = readRecord(recordFile) as RunRecord;
    expect(isAnyRunning(started)).toBe(true);
    await expect(shutDown(started)).resolves.toEqual(['stubborn']);
    expect(isAnyRunning(started)).toBe(false);
  });
});
