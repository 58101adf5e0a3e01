import { Unavailable } from '../../../services/portal/ports';
import { NUMBER, portal } from './support';

describe('GET /api/order', () => {
  it('passes on a number from fake-orders as text', async () => {
    const answer = await portal().api.get('/api/order').expect(200);
    expect(answer.headers['content-type']).toMatch(/^text\/plain/);
    expect(answer.text).toBe(NUMBER);
  });

  it('is 503 without fake-orders', async () => {
    const purchases = { newOrderNumber: () => Promise.reject(new Unavailable('fake-orders')) };
    const answer = await portal({ purchases }).api.get('/api/order').expect(503);
    expect(answer.headers['retry-after']).toBe('2');
    expect(answer.body.slug).toBe('unavailable');
  });
});

describe('health', () => {
  it('/healthz is 200 whatever is not ready; /readyz names it', async () => {
    const { api } = portal({
      readiness: () => Promise.resolve({ notReady: ['sidecar'], breakers: { billing: 'open' } }),
    });
    await api.get('/healthz').expect(200);
    const answer = await api.get('/readyz').expect(503);
    expect(answer.body).toMatchObject({
      slug: 'not_ready',
      not_ready: ['sidecar'],
      breakers: { billing: 'open' },
    });
    await portal()
      .api.get('/readyz')
      .expect(200, { status: 'ready', breakers: { billing: 'closed' } });
  });
});

describe('the edges', () => {
  it('answers 404 at an unknown address', async () => {
    for (const path of ['/nowhere', '/api', '/api/user/order', '/api/user/orders/1/2', '/api/%zz']) {
      const answer = await portal().api.get(path);
      expect([path, answer.status, answer.body.slug]).toEqual([path, 404, 'not_found']);
    }
  });

  it.each([
    ['put', '/api/user/orders', 'GET, HEAD, POST'],
    ['get', '/api/user/register', 'POST'],
    ['options', '/api/user/login', 'POST'],
    ['post', '/api/user/balance', 'GET, HEAD'],
    ['delete', '/healthz', 'GET, HEAD'],
  ] as const)('answers %s %s with 405 and Allow: %s', async (method, path, allow) => {
    const answer = await portal().api[method](path).expect(405);
    expect(answer.headers.allow).toBe(allow);
    expect(answer.body.slug).toBe('method_not_allowed');
  });

  it('gives a fault away to nobody but the log', async () => {
    const { api, lines } = portal({ readiness: () => Promise.reject(new Error('the secret cause')) });
    const answer = await api.get('/readyz').set('X-Request-Id', 'abc').expect(500);
    expect(answer.text).not.toContain('secret');
    expect(answer.body).toMatchObject({ slug: 'internal', request_id: 'abc' });
    expect(lines.some((line) => JSON.stringify(line).includes('the secret cause'))).toBe(true);
  });

  it('passes a sane request id on, and makes one in place of another', async () => {
    const { api } = portal();
    const sane = await api.get('/healthz').set('X-Request-Id', 'trace-1.2:3');
    expect(sane.headers['x-request-id']).toBe('trace-1.2:3');
    const insane = await api.get('/healthz').set('X-Request-Id', '{"a":1}');
    expect(insane.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('says nothing about what it is built with, and sets the headers that protect', async () => {
    const answer = await portal().api.get('/healthz');
    expect(answer.headers['x-powered-by']).toBeUndefined();
    expect(answer.headers['strict-transport-security']).toBeUndefined();
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.headers['content-security-policy']).toContain("default-src 'self'");
  });
});
