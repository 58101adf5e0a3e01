import type { Response } from 'supertest';
import {
  addressOfOperation,
  headers as headerDescriptions,
  operationNames,
  operationOf,
  problemsOf,
  type OperationName,
} from '../../../services/portal/api/contract';
import { problem } from '../../../services/portal/api/schemas';
import type { PortalPorts } from '../../../services/portal/http';
import { Unavailable } from '../../../services/portal/ports';
import { problemTable, type ProblemSlug } from '../../../services/portal/problems';
import { createRateLimits } from '../../../services/portal/rate-limits';
import { createTokens } from '../../../services/portal/tokens';
import { FOREIGN_NUMBER, JSON_TYPE, NUMBER, portal, portalWithCustomer } from './support';

/** Every answer that the API's document promises is given, and is what the document says. */

interface Sent {
  headers?: Record<string, string>;
  body?: string | Buffer;
  query?: string;
  path?: string;
}

const down = () => Promise.reject(new Unavailable('x'));
const noLogins = { find: down, claim: down, change: down };
const strict = createRateLimits({
  requestsPerMinute: 0,
  credentialsPerMinute: 0,
  wrongPasswordsPerMinute: 0,
  wrongPasswordsPerLoginPerMinute: 0,
});
const json = (body: object, headers: Record<string, string> = {}): Sent => ({
  headers: { 'Content-Type': JSON_TYPE, ...headers },
  body: JSON.stringify(body),
});
const text = (body: string): Sent => ({ headers: { 'Content-Type': 'text/plain' }, body });
const withdrawal = (sum = 1, order = NUMBER) => ({ order, sum });

/** A request to the operation that succeeds. */
const good: Record<OperationName, Sent> = {
  'POST /api/user/register': json({ login: 'bert', password: 'b' }),
  'POST /api/user/login': json({ login: 'anna', password: 'secret' }),
  'POST /api/user/logout': {},
  'POST /api/user/password': json({ current: 'secret', new: 'better' }),
  'POST /api/user/orders': text(NUMBER),
  'GET /api/user/orders': {},
  'GET /api/user/orders/{number}': { path: `/api/user/orders/${NUMBER}` },
  'GET /api/user/balance': {},
  'POST /api/user/balance/withdraw': json(withdrawal()),
  'GET /api/user/withdrawals': {},
  'GET /api/user/statement': {},
  'GET /api/user/events': {},
  'GET /api/order': {},
  'GET /healthz': {},
  'GET /readyz': {},
};

type Running = Awaited<ReturnType<typeof portalWithCustomer>>;

async function customer(changes: Partial<PortalPorts> = {}): Promise<Running> {
  const running = await portalWithCustomer(changes);
  const at = '2026-05-01T10:00:00.000Z';
  const entry = { seq: 1, kind: 'accrual', amountMinor: 1, balanceMinor: 1, heldMinor: 0, processedAt: at };
  running.query.orderPages = [
    [{ number: NUMBER, status: 'PROCESSED', accrualMinor: 72_998, uploadedAt: at }],
  ];
  running.query.withdrawalPages = [[{ orderNumber: NUMBER, amountMinor: 1, processedAt: at }]];
  running.query.entryPages = [[{ ...entry, orderNumber: NUMBER }]];
  return running;
}

const send = (api: Running['api'], name: OperationName, sent: Sent = good[name]): Promise<Response> => {
  const { method, path } = addressOfOperation(name);
  const request = api[method]((sent.path ?? path) + (sent.query ?? '')).set(sent.headers ?? {});
  return Promise.resolve(sent.body === undefined ? request : request.send(sent.body));
};

/** The customer asks, with whatever differs from the good request. */
async function asked(name: OperationName, sent: Sent = {}, prepare?: (running: Running) => unknown) {
  const running = await customer();
  await prepare?.(running);
  const usual = good[name];
  const headers = { Authorization: running.authorization, ...usual.headers, ...sent.headers };
  return send(running.api, name, { ...usual, ...sent, headers });
}

/** How each refusal comes about that many operations share. */
const shared: Partial<Record<ProblemSlug, (name: OperationName) => Promise<Response>>> = {
  unauthorized: (name) => send(portal().api, name),
  too_many_requests: (name) => send(portal({ rateLimits: strict }).api, name),
  overloaded: (name) => send(portal({ maxRequestsUnderWay: 0 }).api, name),
  malformed_request: (name) =>
    operationOf(name).body ? asked(name, { body: '' }) : asked(name, { query: '?limit=0' }),
  too_large: (name) => asked(name, { body: 'x'.repeat(20_000) }),
  unsupported_encoding: (name) => asked(name, { headers: { 'Content-Encoding': 'snappy' } }),
  invalid_cursor: (name) => asked(name, { query: '?cursor=x' }),
  foreign_origin: async (name) => {
    const { api, cookie } = await customer();
    const headers = { ...good[name].headers, Cookie: cookie, Origin: 'https://evil.example' };
    return send(api, name, { ...good[name], headers });
  },
  unavailable: async (name) => {
    if (name === 'GET /api/order') return send(portal({ purchases: { newOrderNumber: down } }).api, name);
    const { authorization, tokens } = await customer();
    const { api } = portal({ logins: noLogins, tokens });
    return send(api, name, {
      ...good[name],
      headers: { ...good[name].headers, Authorization: authorization },
    });
  },
};

/** What is particular to an operation, by operation and by status or slug. */
const own: Record<string, () => Promise<Response>> = {
  'POST /api/user/orders 200': () =>
    asked('POST /api/user/orders', {}, ({ billing, accountId }) => billing.owners.set(NUMBER, accountId)),
  'POST /api/user/orders 202': () => asked('POST /api/user/orders'),
  'GET /api/user/orders 204': () =>
    asked('GET /api/user/orders', {}, ({ query }) => (query.orderPages = [[]])),
  'GET /api/user/withdrawals 204': () =>
    asked('GET /api/user/withdrawals', {}, ({ query }) => (query.withdrawalPages = [[]])),
  'POST /api/user/register login_taken': () =>
    asked('POST /api/user/register', json({ login: 'anna', password: 'x' })),
  // a stream lasts as long as its session
  'GET /api/user/events 200': async () => {
    const key = { kid: 'k1', secret: new Uint8Array(32).fill(7) };
    const { api, authorization } = await customer({ tokens: createTokens([key], 1, Date.now) });
    return send(api, 'GET /api/user/events', { headers: { Authorization: authorization } });
  },
  'POST /api/user/login wrong_credentials': () =>
    asked('POST /api/user/login', json({ login: 'anna', password: 'x' })),
  'POST /api/user/password wrong_credentials': () =>
    asked('POST /api/user/password', json({ current: 'x', new: 'y' })),
  'POST /api/user/orders order_of_another': () => asked('POST /api/user/orders', text(FOREIGN_NUMBER)),
  'POST /api/user/orders invalid_order_number': () => asked('POST /api/user/orders', text('12345678904')),
  'GET /api/user/orders/{number} order_not_found': () =>
    asked('GET /api/user/orders/{number}', { path: '/api/user/orders/18' }),
  'POST /api/user/balance/withdraw invalid_amount': () =>
    asked('POST /api/user/balance/withdraw', json(withdrawal(0.001))),
  'POST /api/user/balance/withdraw invalid_idempotency_key': () =>
    asked('POST /api/user/balance/withdraw', json(withdrawal(), { 'Idempotency-Key': 'a b' })),
  'POST /api/user/balance/withdraw insufficient_points': () =>
    asked('POST /api/user/balance/withdraw', json(withdrawal(1_000_000))),
  'POST /api/user/balance/withdraw invalid_order_number': () =>
    asked('POST /api/user/balance/withdraw', json(withdrawal(1, '12345678904'))),
  'POST /api/user/balance/withdraw operation_reused': () =>
    asked(
      'POST /api/user/balance/withdraw',
      json(withdrawal(2), { 'Idempotency-Key': 'k' }),
      ({ api, authorization }) => {
        const first = json(withdrawal(1), { 'Idempotency-Key': 'k', Authorization: authorization });
        return send(api, 'POST /api/user/balance/withdraw', first);
      },
    ),
  'GET /readyz not_ready': () =>
    send(
      portal({ readiness: () => Promise.resolve({ notReady: ['sidecar'], breakers: {} }) }).api,
      'GET /readyz',
    ),
};

function expectDocumentedHeaders(answer: Response, documented: readonly string[]): void {
  const ours = Object.keys(headerDescriptions).filter(
    (name) => answer.headers[name.toLowerCase()] !== undefined,
  );
  expect(documented).toEqual(expect.arrayContaining(ours));
}

const successes = operationNames.flatMap((name) =>
  Object.keys(operationOf(name).answers).map((status) => [name, Number(status)] as const),
);
test.each(successes)('%s answers %i', async (name, status) => {
  const answer = await (own[`${name} ${status}`] ?? (() => asked(name)))();
  expect(answer.status).toBe(status);
  const { body, mediaType = 'application/json', headers = [] } = operationOf(name).answers[status]!;
  expectDocumentedHeaders(answer, headers);
  if (body === undefined) return expect(answer.text ?? '').toBe('');
  expect(answer.type).toBe(mediaType);
  body.parse(mediaType === 'application/json' ? answer.body : answer.text);
});

const refusals = operationNames.flatMap((name) => problemsOf(name).map((slug) => [name, slug] as const));
test.each(refusals)('%s refuses with %s', async (name, slug) => {
  const make = own[`${name} ${slug}`] ?? shared[slug];
  if (make === undefined) throw new Error('no test makes it');
  const answer = await make(name);
  expect([answer.status, answer.body.slug]).toEqual([problemTable[slug][0], slug]);
  expect(answer.type).toBe('application/problem+json');
  problem.parse(answer.body);
  expectDocumentedHeaders(answer, []);
  expect(answer.headers['retry-after'] !== undefined).toBe([429, 503].includes(answer.status));
});

test('no case here is of an answer that is not documented', () => {
  const documented = new Set([...successes, ...refusals].map((row) => row.join(' ')));
  expect(Object.keys(own).filter((name) => !documented.has(name))).toEqual([]);
});

describe('the document', () => {
  it('is served, with a page to read that needs nothing else', async () => {
    const { api } = portal();
    const { body } = await api
      .get('/api/openapi.json')
      .expect(200)
      .expect('Content-Type', /^application\/json/);
    expect(body.openapi).toBe('3.1.0');
    const page = await api
      .get('/api/docs')
      .expect(200)
      .expect('Content-Type', /^text\/html/);
    expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'self';/);
    expect(page.text).not.toMatch(/<script|style=|https?:\/\//);
    for (const name of operationNames) expect(page.text).toContain(addressOfOperation(name).path);
    await api
      .get('/api/docs/style.css')
      .expect(200)
      .expect('Content-Type', /^text\/css/);
  });
});
