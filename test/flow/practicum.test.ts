import { randomUUID } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { retrying } from './support/customer';
import { sharedStack } from './support/shared-stack';
import { until } from './support/until';

/**
 * What the published Gophermart specification (Yandex Practicum) says, as the clients and test suites in the field
 * hold a server to it: raw HTTP, without the helpers that other tests use.
 */

const FINISHED_MS = 20_000;
const JSON_TYPE = 'application/json';
const TEXT = 'text/plain';
const stack = sharedStack();

jest.setTimeout(60_000);

interface Call {
  method?: 'GET' | 'POST';
  path: string;
  body?: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
}

const ask = ({ method = 'GET', path, body, headers = {} }: Call): Promise<Response> =>
  retrying(() =>
    fetch(stack.portalUrl + path, {
      method,
      headers,
      redirect: 'manual',
      ...(body !== undefined && { body }),
    }),
  );

const credentials = () => ({ login: `practicum-${randomUUID()}`, password: 'p' });
const postJson = (path: string, value: unknown, headers: Record<string, string> = {}) =>
  ask({
    method: 'POST',
    path,
    body: JSON.stringify(value),
    headers: { 'content-type': JSON_TYPE, ...headers },
  });

async function registered(): Promise<{ authorization: string; cookie: string }> {
  const answer = await postJson('/api/user/register', credentials());
  expect(answer.status).toBe(200);
  const authorization = answer.headers.get('authorization') ?? '';
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  return { authorization, cookie };
}

async function paidNumber(): Promise<string> {
  return (await (await ask({ path: '/api/order' })).text()).trim();
}

const upload = (authorization: string, body: string, type = TEXT) =>
  ask({ method: 'POST', path: '/api/user/orders', body, headers: { authorization, 'content-type': type } });

async function processedOrder(authorization: string): Promise<{ number: string; accrual: number }> {
  const number = await paidNumber();
  expect((await upload(authorization, number)).status).toBe(202);
  let accrual = 0;
  await until(async () => {
    const answer = await ask({ path: `/api/user/orders/${number}`, headers: { authorization } });
    const order = (await answer.json()) as { status: string; accrual?: number };
    accrual = order.accrual ?? 0;
    return order.status === 'PROCESSED';
  }, FINISHED_MS);
  return { number, accrual };
}

describe('registration and login', () => {
  test('200 logs the customer in by header and by cookie, which plain HTTP keeps', async () => {
    const body = credentials();
    for (const path of ['/api/user/register', '/api/user/login']) {
      const answer = await postJson(path, body);
      expect(answer.status).toBe(200);
      const authorization = answer.headers.get('authorization') ?? '';
      const cookie = answer.headers.getSetCookie()[0] ?? '';
      expect(cookie).toMatch(/; HttpOnly/);
      expect(cookie).not.toMatch(/Secure/);
      const shown = [
        { authorization },
        { authorization: authorization.slice(7) },
        { cookie: cookie.split(';')[0]! },
      ];
      for (const headers of shown) {
        const balance = await ask({ path: '/api/user/balance', headers: headers as Record<string, string> });
        expect(balance.status).toBe(200);
      }
    }
  });

  test.each<[string, () => Promise<Response>, number]>([
    [
      'a login that is taken',
      async () => {
        const body = credentials();
        await postJson('/api/user/register', body);
        return postJson('/api/user/register', body);
      },
      409,
    ],
    ['a registration without a password', () => postJson('/api/user/register', { login: 'x' }), 400],
    ['a registration that is not JSON', () => postJson('/api/user/register', 'x'), 400],
    ['an unknown login', () => postJson('/api/user/login', credentials()), 401],
    ['a login without a login', () => postJson('/api/user/login', { password: 'x' }), 400],
  ])('%s', async (_name, send, status) => {
    expect((await send()).status).toBe(status);
  });

  test.each([
    ['GET', '/api/user/orders'],
    ['POST', '/api/user/orders'],
    ['GET', '/api/user/balance'],
    ['POST', '/api/user/balance/withdraw'],
    ['GET', '/api/user/withdrawals'],
  ] as const)('%s %s without a login is 401, and no redirect', async (method, path) => {
    const answer = await ask({ method, path, ...(method === 'POST' && { body: '18' }) });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('location')).toBeNull();
  });
});

describe('orders', () => {
  test('an upload is 202, again 200, by another 409, and is listed at once', async () => {
    const [{ authorization }, other] = await Promise.all([registered(), registered()]);
    const empty = await ask({ path: '/api/user/orders', headers: { authorization } });
    expect([empty.status, await empty.text()]).toEqual([204, '']);

    const number = await paidNumber();
    expect((await upload(authorization, number)).status).toBe(202);
    const listed = await ask({ path: '/api/user/orders', headers: { authorization } });
    expect(listed.status).toBe(200);
    expect(listed.headers.get('content-type')).toContain(JSON_TYPE);
    const [order] = (await listed.json()) as { number: string; status: string; uploaded_at: string }[];
    expect(order?.number).toBe(number);
    expect(['NEW', 'PROCESSING', 'PROCESSED']).toContain(order?.status);
    expect(order?.uploaded_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/);

    expect((await upload(authorization, number)).status).toBe(200);
    expect((await upload(other.authorization, number)).status).toBe(409);
  });

  test.each<[string, string, string, number]>([
    ['an empty body', '', TEXT, 400],
    ['a JSON of another shape', '{"order":"18"}', JSON_TYPE, 400],
    ['another type', '18', 'application/xml', 400],
    ['a number that is not Luhn', '12345678904', TEXT, 422],
    ['a word', 'abc', TEXT, 422],
    ['a JSON number that is not Luhn', '{"number":"12345678904"}', JSON_TYPE, 422],
  ])('%s', async (_name, body, type, status) => {
    const { authorization } = await registered();
    expect((await upload(authorization, body, type)).status).toBe(status);
  });

  test('newest first', async () => {
    const { authorization } = await registered();
    const numbers = [await paidNumber(), await paidNumber(), await paidNumber()];
    for (const number of numbers) await upload(authorization, number);
    const answer = await ask({ path: '/api/user/orders', headers: { authorization } });
    const orders = (await answer.json()) as { number: string }[];
    expect(orders.map(({ number }) => number)).toEqual(numbers.reverse());
  });

  test('gzip goes both ways', async () => {
    const { authorization } = await registered();
    const number = await paidNumber();
    const answer = await ask({
      method: 'POST',
      path: '/api/user/orders',
      body: new Uint8Array(gzipSync(number)),
      headers: { authorization, 'content-type': TEXT, 'content-encoding': 'gzip' },
    });
    expect(answer.status).toBe(202);
    // long enough to be worth it
    for (let order = 0; order < 12; order++) await upload(authorization, await paidNumber());
    const { request } = await import('node:http');
    const listed = await new Promise<{ encoding: string | undefined; bytes: Buffer }>((resolve, reject) => {
      const headers = { authorization, 'accept-encoding': 'gzip' };
      request(`${stack.portalUrl}/api/user/orders`, { headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('end', () =>
          resolve({ encoding: response.headers['content-encoding'], bytes: Buffer.concat(chunks) }),
        );
      })
        .once('error', reject)
        .end();
    });
    expect(listed.encoding).toBe('gzip');
    const orders = JSON.parse(gunzipSync(listed.bytes).toString()) as unknown[];
    expect(orders).toHaveLength(13);
  });
});

describe('points', () => {
  test('accrual, balance and withdrawals are exact to the hundredth', async () => {
    const { authorization } = await registered();
    const get = async (path: string) => ask({ path, headers: { authorization } });
    expect((await get('/api/user/withdrawals')).status).toBe(204);
    const { accrual } = await processedOrder(authorization);
    expect(await (await get('/api/user/balance')).json()).toEqual({ current: accrual, withdrawn: 0 });

    const withdraw = (order: string, sum: unknown) =>
      postJson('/api/user/balance/withdraw', { order, sum }, { authorization });
    const neverUploaded = await paidNumber();
    expect((await withdraw(neverUploaded, 10.01)).status).toBe(200);
    expect((await withdraw(neverUploaded, accrual)).status).toBe(402);
    expect((await withdraw('12345678904', 1)).status).toBe(422);
    expect((await withdraw(neverUploaded, 'x')).status).toBe(400);

    const cents = Math.round(accrual * 100) - 1_001;
    expect(await (await get('/api/user/balance')).json()).toEqual({ current: cents / 100, withdrawn: 10.01 });
    const withdrawals = await get('/api/user/withdrawals');
    expect(withdrawals.headers.get('content-type')).toContain(JSON_TYPE);
    expect(await withdrawals.json()).toEqual([
      { order: neverUploaded, sum: 10.01, processed_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) },
    ]);
    const statement = (await (await get('/api/user/statement')).json()) as { entries: { balance: number }[] };
    expect(statement.entries.map(({ balance }) => balance)).toEqual([cents / 100, accrual]);
  });
});

test('a changed password ends the other sessions, a logout its own', async () => {
  const body = credentials();
  const first = (await postJson('/api/user/register', body)).headers.get('authorization') ?? '';
  const second = (await postJson('/api/user/login', body)).headers.get('authorization') ?? '';
  const status = async (authorization: string) =>
    (await ask({ path: '/api/user/balance', headers: { authorization } })).status;

  const change = { current: body.password, new: 'q' };
  const changed = await postJson('/api/user/password', change, { authorization: first });
  expect(changed.status).toBe(200);
  const third = changed.headers.get('authorization') ?? '';
  expect([await status(first), await status(second), await status(third)]).toEqual([401, 401, 200]);
  expect((await postJson('/api/user/login', body)).status).toBe(401);

  await ask({ method: 'POST', path: '/api/user/logout', headers: { authorization: third } });
  expect(await status(third)).toBe(401);
});
