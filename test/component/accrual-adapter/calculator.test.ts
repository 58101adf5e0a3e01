import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCalculator } from '../../../services/accrual-adapter/calculator';

const NUMBER = '12345678903';
const DEADLINE_MS = 150;
const RESET_MS = 100;

let server: Server;
let behave: RequestListener;
let connections: number;
let calculator: ReturnType<typeof createCalculator>;

const address = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const connect = (to: string) =>
  createCalculator({
    address: to,
    now: Date.now,
    random: () => 0,
    deadlineMs: DEADLINE_MS,
    resetMs: RESET_MS,
  });

beforeEach(async () => {
  connections = 0;
  server = createServer((request, response) => behave(request, response)).listen(0, '127.0.0.1');
  server.on('connection', () => connections++);
  await once(server, 'listening');
  calculator = connect(address());
});

afterEach(async () => {
  calculator.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const json = (body: unknown): RequestListener => {
  return (_request, response) =>
    response.setHeader('Content-Type', 'application/json').end(JSON.stringify(body));
};
const status =
  (code: number): RequestListener =>
  (_request, response) =>
    response.writeHead(code).end();

test('a registration says the number and the goods with prices in decimals', async () => {
  let said = '';
  behave = (request, response) => {
    request.on('data', (chunk) => (said += `${request.method} ${request.url} ${chunk}`));
    request.on('end', () => response.writeHead(202).end());
  };
  expect(await calculator.register(NUMBER, [{ description: 'Kettle', priceMinor: 729_980 }])).toEqual({
    kind: 'registered',
  });
  expect(said).toBe(
    `POST /api/orders {"order":"${NUMBER}","goods":[{"description":"Kettle","price":7299.8}]}`,
  );
});

test('an address with a path is kept', async () => {
  let asked: string | undefined;
  behave = (request, response) => {
    asked = request.url;
    response.writeHead(204).end();
  };
  const below = connect(`${address()}/accrual/`);
  expect(await below.poll(NUMBER)).toEqual({ kind: 'pending' });
  expect(asked).toBe(`/accrual/api/orders/${NUMBER}`);
  below.close();
});

test.each<[string, RequestListener, object]>([
  [
    'a result',
    json({ order: NUMBER, status: 'PROCESSED', accrual: 5 }),
    { kind: 'processed', accrualMinor: 500 },
  ],
  ['204', status(204), { kind: 'pending' }],
  ['400', status(400), { kind: 'fault', problem: 'status_400' }],
  ['500', status(500), { kind: 'fault', problem: 'status_500' }],
  ['HTML', (_q, response) => response.end('<html>'), { kind: 'fault', problem: 'not_json' }],
  ['nothing, for ever', () => undefined, { kind: 'fault', problem: 'timeout' }],
  [
    'half an answer, then nothing',
    (_q, response) => response.write('{"or'),
    { kind: 'fault', problem: 'timeout' },
  ],
  [
    'a huge body',
    (_q, response) => response.end('1'.repeat(100_000)),
    { kind: 'fault', problem: 'too_large' },
  ],
  [
    'a body without end',
    (_q, response) => {
      const more = (): void => void (response.writable && response.write('1'.repeat(10_000), more));
      more();
    },
    { kind: 'fault', problem: 'too_large' },
  ],
  [
    'a truncated body',
    (_q, response) => {
      response.writeHead(200, { 'Content-Length': '100' });
      response.write('{"or', () => response.destroy());
    },
    { kind: 'fault', problem: 'econnreset' },
  ],
  ['a hang-up', (request) => request.socket.destroy(), { kind: 'fault', problem: 'econnreset' }],
  [
    'what is not HTTP',
    (request) => request.socket.end('nonsense\r\n\r\n'),
    { kind: 'fault', problem: 'hpe_invalid_constant' },
  ],
  [
    '429',
    (_q, response) => {
      response.writeHead(429, { 'Retry-After': '7', 'Content-Type': 'text/plain' });
      response.end('No more than 120 requests per minute allowed');
    },
    { kind: 'limited', afterMs: 7_000, perMinute: 120 },
  ],
])('a poll that is answered with %s', async (_name, behaviour, answer) => {
  behave = behaviour;
  expect(await calculator.poll(NUMBER)).toEqual(answer);
});

test('a redirect is not followed', async () => {
  const asked: (string | undefined)[] = [];
  behave = (request, response) => {
    asked.push(request.url);
    response.writeHead(302, { Location: '/elsewhere' }).end();
  };
  expect(await calculator.poll(NUMBER)).toEqual({ kind: 'fault', problem: 'status_302' });
  expect(asked).toEqual([`/api/orders/${NUMBER}`]);
});

test('nobody listening is a fault', async () => {
  const nobody = connect('http://127.0.0.1:1');
  expect(await nobody.poll(NUMBER)).toEqual({ kind: 'fault', problem: 'econnrefused' });
  nobody.close();
});

test('connections are kept, and an idle one that was closed by the other side does no harm', async () => {
  behave = status(204);
  for (let poll = 0; poll < 5; poll++) await calculator.poll(NUMBER);
  expect(connections).toBe(1);
  behave = (request, response) => {
    // the second request on a connection is met with a hang-up, as when it had been idle for too long
    if (connections === 1) request.socket.destroy();
    else response.writeHead(204).end();
  };
  expect(await calculator.poll(NUMBER)).toEqual({ kind: 'pending' });
});

test('more calls at once than allowed are told to come back', async () => {
  behave = () => undefined;
  const answers = await Promise.all(Array.from({ length: 70 }, () => calculator.poll(NUMBER)));
  const kinds = answers.map((answer) => ('problem' in answer ? answer.problem : answer.kind));
  expect(kinds.filter((kind) => kind === 'timeout')).toHaveLength(64);
  expect(kinds.filter((kind) => kind === 'busy')).toHaveLength(6);
});

test('the breaker opens, holds everybody back, lets one try, and closes', async () => {
  let calls = 0;
  behave = (_request, response) => {
    calls++;
    response.writeHead(500).end();
  };
  for (let poll = 0; poll < 5; poll++) await calculator.poll(NUMBER);
  expect(calculator.breaker.opened).toBe(true);
  const held = await calculator.poll(NUMBER);
  expect(held).toMatchObject({ kind: 'held', problem: 'breaker_open' });
  expect('untilMs' in held && held.untilMs).toBeGreaterThan(Date.now());
  expect(calls).toBe(5);

  await once(calculator.breaker, 'halfOpen');
  behave = (_request, response) => {
    calls++;
    response.writeHead(204).end();
  };
  const answers = await Promise.all([1, 2, 3].map(() => calculator.poll(NUMBER)));
  expect(answers.map(({ kind }) => kind)).toEqual(['pending', 'held', 'held']);
  expect(calls).toBe(6);
  expect(await calculator.poll(NUMBER)).toEqual({ kind: 'pending' });
});

test('429 and 4xx do not open the breaker', async () => {
  behave = status(429);
  for (let poll = 0; poll < 20; poll++) await calculator.poll(NUMBER);
  expect(calculator.breaker.opened).toBe(false);
});
