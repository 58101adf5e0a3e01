import type { AddressInfo } from 'node:net';
import { Registry } from 'prom-client';
import supertest from 'supertest';
import { MAX_REQUESTS_PER_ACCOUNT } from '../../../services/portal/account-bound';
import { createBreaker } from '../../../services/portal/adapters/breaker';
import { breakerMetrics } from '../../../services/portal/metrics';
import { createRateLimits } from '../../../services/portal/rate-limits';
import { FakeQuery, NUMBER, portal, portalWithCustomer } from './support';

const limits = (changes = {}) => ({
  rateLimits: createRateLimits({
    requestsPerMinute: 1_000,
    credentialsPerMinute: 1_000,
    wrongPasswordsPerMinute: 1_000,
    wrongPasswordsPerLoginPerMinute: 1_000,
    ...changes,
  }),
});
const wrong = { login: 'anna', password: 'wrong' };

describe('rate limits answer 429 with Retry-After', () => {
  it('when an address asks too often; health is not asked too often', async () => {
    const { api } = portal(limits({ requestsPerMinute: 2 }));
    for (let request = 0; request < 2; request++) await api.get('/api/order').expect(200);
    const answer = await api.get('/api/order').expect(429);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(answer.body).toMatchObject({ slug: 'too_many_requests', status: 429 });
    await api.get('/healthz').expect(200);
  });

  it('when an address registers and logs in too often', async () => {
    const { api } = portal(limits({ credentialsPerMinute: 1 }));
    await api.post('/api/user/register').send(wrong).expect(200);
    await api.post('/api/user/login').send(wrong).expect(429);
  });

  it('when a login’s password is guessed too often: then also to the right one, and for no other login', async () => {
    const { api } = await portalWithCustomer(limits({ wrongPasswordsPerMinute: 2 }));
    for (let guess = 0; guess < 2; guess++) await api.post('/api/user/login').send(wrong).expect(401);
    await api.post('/api/user/login').send({ login: 'ANNA', password: 'secret' }).expect(429);
    await api.post('/api/user/login').send({ login: 'bert', password: 'x' }).expect(401);
  });

  it('when the current password is guessed in a stolen session', async () => {
    const { api, authorization } = await portalWithCustomer(limits({ wrongPasswordsPerMinute: 1 }));
    const guess = () =>
      api.post('/api/user/password').set('Authorization', authorization).send({ current: 'x', new: 'y' });
    await guess().expect(401);
    await guess().expect(429);
  });

  it('by the address that a trusted proxy names, and by no other', async () => {
    const ask = (api: ReturnType<typeof portal>['api'], address: string) =>
      api.get('/api/order').set('X-Forwarded-For', address);
    const direct = portal(limits({ requestsPerMinute: 1 })).api;
    await ask(direct, '192.0.2.1').expect(200);
    await ask(direct, '192.0.2.2').expect(429);
    const proxied = portal({ ...limits({ requestsPerMinute: 1 }), trustedProxies: 1 }).api;
    await ask(proxied, '192.0.2.1').expect(200);
    await ask(proxied, '192.0.2.2').expect(200);
    await ask(proxied, '203.0.113.9, 192.0.2.2').expect(429);
  });
});

describe('overload', () => {
  it('is answered 503 at once, and is over when requests end', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const purchases = { newOrderNumber: () => held.then(() => NUMBER) };
    const { app, metrics } = portal({ purchases, maxRequestsUnderWay: 2 });
    const server = app.listen(0);
    const underWay = async () => /portal_requests_under_way (\d+)/.exec(await metrics.metrics())?.[1];
    const api = supertest(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const waiting = [api.get('/api/order'), api.get('/api/order')].map((sent) =>
      sent.then((answer) => answer),
    );
    while ((await underWay()) !== '2') await new Promise(setImmediate);

    const answer = await api.get('/api/order').expect(503);
    expect(answer.headers['retry-after']).toBe('2');
    expect(answer.body.slug).toBe('overloaded');
    await api.get('/healthz').expect(200);
    release();
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200]);
    await api.get('/api/order').expect(200);
    expect(await underWay()).toBe('0');
    server.close();
  });
});

describe('a customer with too many requests under way', () => {
  it('is answered 503 at once, and nobody else is', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const query = new FakeQuery();
    const balance = query.balance.bind(query);
    let asked = 0;
    query.balance = async (accountId, marks) => {
      asked++;
      await held;
      return balance(accountId, marks);
    };
    const { app, api, authorization } = await portalWithCustomer({ query });
    const other = await api.post('/api/user/register').send({ login: 'bert', password: 'b' });
    const server = app.listen(0);
    const client = supertest(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const ask = (token: string) => client.get('/api/user/balance').set('Authorization', token);
    const waiting = Array.from({ length: MAX_REQUESTS_PER_ACCOUNT }, () =>
      ask(authorization).then((a) => a.status),
    );
    while (asked < MAX_REQUESTS_PER_ACCOUNT) await new Promise(setImmediate);

    expect((await ask(authorization)).body.slug).toBe('overloaded');
    const others = ask(String(other.headers.authorization)).then((answer) => answer.status);
    release();
    expect(new Set(await Promise.all([...waiting, others]))).toEqual(new Set([200]));
    await ask(authorization).expect(200);
    server.close();
  });
});

describe('a write with the session cookie', () => {
  const upload = async (headers: Record<string, string>, publicOrigin?: string) => {
    const { api, cookie } = await portalWithCustomer({ publicOrigin });
    const answer = await api
      .post('/api/user/orders')
      .set({ Cookie: cookie, 'Content-Type': 'text/plain', Host: 'points.example:8080', ...headers })
      .send(NUMBER);
    return [answer.status, answer.body.slug as unknown];
  };
  const accepted = [202, undefined];
  const refused = [403, 'foreign_origin'];

  it.each([
    ['without Origin, as programs send it', {}, accepted],
    ['from the own page', { Origin: 'http://points.example:8080' }, accepted],
    ['from the own page behind TLS', { Origin: 'https://POINTS.example:8080' }, accepted],
    ['from another site', { Origin: 'https://evil.example' }, refused],
    ['from another port', { Origin: 'http://points.example:9090' }, refused],
    ['from a subdomain', { Origin: 'http://x.points.example:8080' }, refused],
    ['from a sandbox', { Origin: 'null' }, refused],
    ['from an empty origin', { Origin: '' }, refused],
    ['from another site, told otherwise', { 'Sec-Fetch-Site': 'cross-site' }, refused],
    ['from the own page, told otherwise', { 'Sec-Fetch-Site': 'same-origin' }, accepted],
  ])('%s', async (_name, headers, expected) => {
    expect(await upload(headers as Record<string, string>)).toEqual(expected);
  });

  it('is held to the public origin where one is set', async () => {
    expect(await upload({ Origin: 'https://a.example' }, 'https://a.example')).toEqual(accepted);
    expect(await upload({ Origin: 'http://points.example:8080' }, 'https://a.example')).toEqual(refused);
  });

  it('is not asked for an Origin when the token comes in the header, nor is a read', async () => {
    const { api, authorization, cookie } = await portalWithCustomer();
    const Origin = 'https://evil.example';
    await api
      .post('/api/user/orders')
      .set({ Authorization: authorization, 'Content-Type': 'text/plain', Origin })
      .send(NUMBER)
      .expect(202);
    await api.get('/api/user/balance').set({ Cookie: cookie, Origin }).expect(200);
  });
});

it('no origin is let in by CORS', async () => {
  const { api } = await portalWithCustomer();
  for (const method of ['options', 'get'] as const) {
    const answer = await api[method]('/api/user/balance').set('Origin', 'https://evil.example');
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  }
});

describe('metrics', () => {
  it('count requests by route and status, time them, and count refusals', async () => {
    const { api, metrics } = await portalWithCustomer({ query: new FakeQuery() });
    await api.get('/api/user/balance').expect(401);
    await api.get('/anything/at/all').expect(404);
    const text = await metrics.metrics();
    expect(text).toContain('portal_requests_total{method="GET",route="/api/user/balance",status="401"} 1');
    expect(text).toContain('portal_requests_total{method="GET",route="unmatched",status="404"} 1');
    expect(text).toContain(
      'portal_request_duration_seconds_count{method="POST",route="/api/user/register"} 1',
    );
    expect(text).toContain('portal_refusals_total{slug="unauthorized"} 1');
  });

  it('tell the state of each breaker', async () => {
    const registry = new Registry();
    const breaker = createBreaker('billing');
    breakerMetrics(registry, [breaker]);
    expect(await registry.metrics()).toContain('portal_breaker_state{dependency="billing"} 0');
    for (let call = 0; call < 10; call++) {
      await breaker.run(() => Promise.reject(new Error('down'))).catch(() => undefined);
    }
    expect(await registry.metrics()).toContain('portal_breaker_state{dependency="billing"} 2');
    breaker.close();
  });
});
