import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from '../../tools/stack/paths';
import { sharedStack } from './support/shared-stack';
import { until } from './support/until';

const stack = sharedStack();
const program = join(repositoryRoot(), 'dist', 'tools', 'demo', 'main.js');
/** Nobody waits longer for a Ctrl-C. */
const QUICK_END_MS = 5_000;
jest.setTimeout(60_000);

test('the demo leaves customers with orders, points and payments, one of whom one can be', async () => {
  const args = [program, '--customers', '12', '--minutes', '0.1', '--url', stack.portalUrl];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args);
  console.log(stdout);
  expect(stderr).toBe('');
  const [, login, password] = /login (\S+) {3}password (\S+)/.exec(stdout)!;
  const response = await fetch(`${stack.portalUrl}/api/user/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login, password }),
  });
  expect(response.status).toBe(200);
  const authorization = response.headers.get('authorization')!;
  const orders = await fetch(`${stack.portalUrl}/api/user/orders`, { headers: { authorization } });
  expect(orders.status).toBe(200);
  expect(stdout).toMatch(/ 0 under way · .* p50 \d+\.\d\d s p95 \d+\.\d\d s/);
});

test('Ctrl-C ends it at once and in order', async () => {
  const child = spawn(process.execPath, [
    program,
    '--customers',
    '4',
    '--minutes',
    '10',
    '--url',
    stack.portalUrl,
  ]);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = once(child, 'exit');
  await until(() => text.includes('processed'), 20_000);
  const since = Date.now();
  child.kill('SIGINT');
  expect(await ended).toEqual([0, null]);
  expect(Date.now() - since).toBeLessThan(QUICK_END_MS);
  expect(text).toMatch(/Look at one of them/);
});
