import { Writable } from 'node:stream';
import { createLogger } from '../../../services/shared/log';

/** Pino writes to the process's stdout by its descriptor, so the lines are taken from a stream of our own. */
function lineOf(write: (log: ReturnType<typeof createLogger>) => void): Record<string, unknown> {
  const lines: string[] = [];
  const log = createLogger('portal', 'info');
  const streamKey = Object.getOwnPropertySymbols(log).find((one) => one.description === 'pino.stream')!;
  const sink = new Writable({ write: (chunk, _encoding, next) => (lines.push(String(chunk)), next()) });
  Object.assign(log, { [streamKey]: sink });
  write(log);
  return JSON.parse(lines[0]!) as Record<string, unknown>;
}

test('a line is JSON with its service, level and time', () => {
  const line = lineOf((log) => log.warn({ order: '1' }, 'slow'));
  expect(line).toMatchObject({ service: 'portal', level: 'warn', order: '1', msg: 'slow' });
  expect(line.time).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
});

test.each(['password', 'token', 'authorization', 'cookie'])('a %s is not written', (secret) => {
  const line = lineOf((log) => log.info({ request: { [secret]: 'hunter2', path: '/' } }, 'in'));
  expect(JSON.stringify(line)).not.toContain('hunter2');
  expect(line.request).toMatchObject({ path: '/' });
});
