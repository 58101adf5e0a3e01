import { Agent, request as httpRequest } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import fc from 'fast-check';
import { createPublicServer } from '../../../services/shared/http-server';
import { NUMBER, portalWithCustomer } from './support';

/** Whatever is asked: no 5xx, no crash, and nothing is kept of what was refused. */

const BATCHES = 200;
const BATCH_SIZE = 50;
const RAW_CONNECTIONS = 500;
const SEED = 20_260_501;
const MINUTE_MS = 60_000;

/** What an HTTP client lets through as a header's value. */
const headerValue = fc.oneof(
  fc.stringMatching(/^[\x21-\x7e]{0,300}$/),
  fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.replace(/[^\t\x20-\x7e\x80-\xff]/g, '')),
);
const known = fc.constantFrom(
  'POST /api/user/register',
  'POST /api/user/login',
  'POST /api/user/password',
  'POST /api/user/orders',
  'POST /api/user/balance/withdraw',
  'GET /api/user/orders',
  `GET /api/user/orders/${NUMBER}`,
  'GET /api/user/balance',
  'GET /api/user/withdrawals',
  'GET /api/user/statement',
  'GET /api/order',
  'GET /readyz',
);
const query = fc.oneof(
  fc.constant(''),
  fc.record({ limit: fc.string(), cursor: fc.string() }).map((fields) => `?${new URLSearchParams(fields)}`),
  fc.webQueryParameters().map((text) => `?${text}`),
);
const method = fc.constantFrom(
  'GET',
  'POST',
  'PUT',
  'DELETE',
  'PATCH',
  'OPTIONS',
  'HEAD',
  'TRACE',
  'PROPFIND',
);
const strangePath = fc.oneof(
  fc.webPath().map((text) => `/api/user/orders/${text}`),
  fc.stringMatching(/^[\x21-\x7e]{0,100}$/).map((text) => `/${text}`),
  known.map((route) => route.split(' ')[1] ?? ''),
);
const address = fc.oneof(
  { weight: 8, arbitrary: known.map((route) => route.split(' ')) },
  { weight: 2, arbitrary: fc.tuple(method, strangePath) },
);
const anything = fc.anything().map((value) => JSON.stringify(value) ?? '');
const fields = (shape: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record(shape, { requiredKeys: [] }).map((value) => JSON.stringify(value));
const odd = fc.oneof(fc.string({ unit: 'binary' }), fc.anything(), fc.constant('anna'));
const body = fc.oneof(
  fc.constant(''),
  fc.json(),
  anything,
  fc.string({ unit: 'binary', maxLength: 3_000 }),
  fields({ login: odd, password: odd, current: odd, new: odd }),
  fields({ order: fc.oneof(fc.constant(NUMBER), odd), sum: fc.oneof(fc.double(), fc.anything()) }),
  fields({ number: fc.oneof(fc.stringMatching(/^\d{1,70}$/), odd) }),
  fc.stringMatching(/^\d{1,70}$/),
);
const asked = fc.record({
  address,
  query,
  bytes: fc.oneof(
    body.map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 2_000 }).map((bytes) => Buffer.from(bytes)),
  ),
  type: fc.oneof(
    fc.constantFrom('application/json', 'text/plain', 'application/json; charset=utf-16', ''),
    headerValue,
  ),
  loggedIn: fc.constantFrom('header', 'cookie', 'not'),
  headers: fc.dictionary(
    fc.constantFrom(
      'Authorization',
      'Cookie',
      'Origin',
      'Idempotency-Key',
      'Consistency-Token',
      'X-Request-Id',
      'X-Forwarded-For',
      'Content-Encoding',
      'Accept-Encoding',
      'Accept',
    ),
    fc.oneof(headerValue, fc.constantFrom('gzip', 'br', 'deflate', 'null')),
  ),
});
type Asked = typeof asked extends fc.Arbitrary<infer T> ? T : never;

async function fixture() {
  const running = await portalWithCustomer();
  const server = createPublicServer(running.app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: BATCH_SIZE });
  const close = () => {
    agent.destroy();
    server.close();
    server.closeAllConnections();
  };

  /** @returns the status of the answer */
  const ask = ({
    address: [method = '', path = ''],
    query,
    bytes,
    type,
    loggedIn,
    headers,
  }: Asked): Promise<number> =>
    new Promise((resolve, reject) => {
      const session: Record<string, string> =
        loggedIn === 'header'
          ? { Authorization: running.authorization }
          : loggedIn === 'cookie'
            ? { Cookie: running.cookie }
            : {};
      const sent = httpRequest({
        agent,
        port,
        method,
        path: path + query,
        headers: { ...headers, 'Content-Type': type, 'Content-Length': bytes.length, ...session },
      });
      sent.once('error', reject).once('response', (answer) => {
        answer.resume().once('end', () => resolve(answer.statusCode ?? 0));
      });
      sent.end(bytes);
    });
  return { ...running, port, ask, close };
}

it(
  '10,000 malformed requests: no 5xx, and nothing is kept of what was refused',
  async () => {
    const { ask, logins, billing, lines, api, close } = await fixture();
    const seen = new Map<number, number>();
    const kept = { logins: logins.records.size, orders: billing.owners.size, withdrawals: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(asked, { minLength: BATCH_SIZE, maxLength: BATCH_SIZE }), async (batch) => {
        const statuses = await Promise.all(batch.map(ask));
        batch.forEach(({ address: [, path = ''] }, at) => {
          const status = statuses[at] ?? 0;
          seen.set(status, (seen.get(status) ?? 0) + 1);
          expect(status).toBeGreaterThanOrEqual(200);
          expect(status).toBeLessThan(500);
          if (status === 200 && path.startsWith('/api/user/register')) kept.logins++;
          if (status === 202) kept.orders++;
          if (status === 200 && path.startsWith('/api/user/balance/withdraw')) kept.withdrawals++;
        });
        expect(logins.records.size).toBe(kept.logins);
        expect(billing.owners.size).toBe(kept.orders);
        expect(billing.operations.size).toBeLessThanOrEqual(kept.withdrawals);
      }),
      { seed: SEED, numRuns: BATCHES, endOnFailure: true },
    );
    await api.get('/healthz').expect(200);
    close();
    console.log(`answers by status: ${JSON.stringify(Object.fromEntries(seen))}`);
    expect([...seen.values()].reduce((sum, count) => sum + count, 0)).toBe(BATCHES * BATCH_SIZE);
    expect(lines.filter(({ level }) => level === 50)).toEqual([]);
  },
  2 * MINUTE_MS,
);

it(
  'bytes that are no HTTP end their connection and nothing else',
  async () => {
    const { port, api, lines, close } = await fixture();
    const raw = fc.oneof(
      fc.uint8Array({ maxLength: 500 }).map((bytes) => Buffer.from(bytes)),
      fc
        .tuple(
          fc.stringMatching(/^[A-Z]{1,10}$/),
          fc.string({ maxLength: 50 }),
          fc.array(fc.string({ maxLength: 50 }), { maxLength: 5 }),
        )
        .map(([method, path, headers]) =>
          Buffer.from(`${method} ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`),
        ),
    );
    await fc.assert(
      fc.asyncProperty(raw, async (bytes) => {
        const answer = await new Promise<string>((resolve) => {
          let text = '';
          const socket = connect(port, '127.0.0.1', () => socket.end(bytes));
          socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
          socket.on('error', () => undefined).once('close', () => resolve(text));
        });
        expect(answer).not.toMatch(/^HTTP\/1.1 5/);
      }),
      { seed: SEED, numRuns: RAW_CONNECTIONS, endOnFailure: true },
    );
    await api.get('/healthz').expect(200);
    close();
    expect(lines.filter(({ level }) => level === 50)).toEqual([]);
  },
  MINUTE_MS,
);
