import { gzipSync } from 'node:zlib';
import { Unavailable } from '../../../services/portal/ports';
import { FOREIGN_NUMBER, JSON_TYPE, NUMBER, portalWithCustomer } from './support';

const TEXT = 'text/plain';
const PATH = '/api/user/orders';

describe('POST /api/user/orders', () => {
  it.each([
    ['text', TEXT, NUMBER],
    ['text with blanks round it', `${TEXT}; charset=utf-8`, ` ${NUMBER}\n`],
    ['JSON', JSON_TYPE, JSON.stringify({ number: NUMBER })],
  ])('takes a new order as %s, and knows it again', async (_name, type, body) => {
    const { api, authorization, billing, accountId } = await portalWithCustomer();
    const upload = () =>
      api.post(PATH).set('Authorization', authorization).set('Content-Type', type).send(body);
    await upload().expect(202);
    await upload().expect(200);
    expect(billing.owners.get(NUMBER)).toBe(accountId);
  });

  it('takes a body compressed with gzip', async () => {
    const { api, authorization } = await portalWithCustomer();
    await api
      .post(PATH)
      .set('Authorization', authorization)
      .set('Content-Type', TEXT)
      .set('Content-Encoding', 'gzip')
      .serialize((body: unknown) => body as string)
      .send(gzipSync(NUMBER))
      .expect(202);
  });

  it.each([
    ['an empty text', TEXT, '', 400, 'malformed_request'],
    ['a text of blanks', TEXT, '  ', 400, 'malformed_request'],
    ['no JSON', JSON_TYPE, NUMBER.slice(0, -1) + 'x', 400, 'malformed_request'],
    ['a number that is no text', JSON_TYPE, `{"number":${NUMBER}}`, 400, 'malformed_request'],
    ['JSON of another shape', JSON_TYPE, '{"order":"1"}', 400, 'malformed_request'],
    ['a bare JSON number', JSON_TYPE, NUMBER, 400, 'malformed_request'],
    ['another content type', 'application/xml', NUMBER, 400, 'malformed_request'],
    ['a number that fails Luhn', TEXT, '12345678904', 422, 'invalid_order_number'],
    ['letters', TEXT, 'abc', 422, 'invalid_order_number'],
    ['digits of another script', TEXT, '١٢٣', 422, 'invalid_order_number'],
    ['65 digits', TEXT, '0'.repeat(65), 422, 'invalid_order_number'],
    ['a wrong number in JSON', JSON_TYPE, '{"number":"1"}', 422, 'invalid_order_number'],
    ['more than 1 KB', TEXT, '0'.repeat(1_025), 413, 'too_large'],
    ["another's order", TEXT, FOREIGN_NUMBER, 409, 'order_of_another'],
  ])('refuses %s', async (_name, type, body, status, slug) => {
    const { api, authorization } = await portalWithCustomer();
    const answer = await api
      .post(PATH)
      .set('Authorization', authorization)
      .set('Content-Type', type)
      .send(body)
      .expect(status);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.body).toMatchObject({ slug, status });
  });

  it('refuses a body that is small on the wire and huge behind its compression', async () => {
    const { api, authorization } = await portalWithCustomer();
    await api
      .post(PATH)
      .set({ Authorization: authorization, 'Content-Type': TEXT, 'Content-Encoding': 'gzip' })
      .serialize((body: unknown) => body as string)
      .send(gzipSync('0'.repeat(10_000_000)) as never)
      .expect(413);
  });

  it('refuses a body without content type, a broken compression, and an unknown one', async () => {
    const { api, authorization } = await portalWithCustomer();
    const post = () => api.post(PATH).set('Authorization', authorization);
    await post().unset('Content-Type').expect(400);
    await post().set('Content-Type', TEXT).set('Content-Encoding', 'gzip').send(NUMBER).expect(400);
    await post().set('Content-Type', TEXT).set('Content-Encoding', 'zip').send(NUMBER).expect(415);
  });
});

describe('GET /api/user/orders', () => {
  const order = (number: string, more = {}) => ({
    number,
    status: 'NEW',
    uploadedAt: '2026-05-01T10:00:00Z',
    ...more,
  });

  it('answers 204 when there are none', async () => {
    const { api, authorization } = await portalWithCustomer();
    const answer = await api.get(PATH).set('Authorization', authorization).expect(204);
    expect(answer.text).toBe('');
  });

  it('shows orders as the specification has them', async () => {
    const { api, authorization, query } = await portalWithCustomer();
    query.orderPages = [[order('2', { status: 'PROCESSED', accrualMinor: 72_998 }), order('1')]];
    const answer = await api.get(PATH).set('Authorization', authorization).expect(200);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.body).toEqual([
      { number: '2', status: 'PROCESSED', accrual: 729.98, uploaded_at: '2026-05-01T10:00:00Z' },
      { number: '1', status: 'NEW', uploaded_at: '2026-05-01T10:00:00Z' },
    ]);
  });

  it('joins all pages in their order, and asks for the marks only once', async () => {
    const { api, authorization, query } = await portalWithCustomer();
    await api.post(PATH).set('Authorization', authorization).set('Content-Type', TEXT).send(NUMBER);
    query.orderPages = [[order('5'), order('4')], [], [order('3')]];
    const answer = await api.get(PATH).set('Authorization', authorization).expect(200);
    expect((answer.body as { number: string }[]).map(({ number }) => number)).toEqual(['5', '4', '3']);
    expect(query.marksAsked).toEqual([[{ order: NUMBER, version: 1 }], [], []]);
  });

  it('compresses a long list for a client that takes gzip', async () => {
    const { api, authorization, query } = await portalWithCustomer();
    query.orderPages = [Array.from({ length: 500 }, (_, index) => order(String(index))), [order('last')]];
    const answer = await api.get(PATH).set({ Authorization: authorization, 'Accept-Encoding': 'gzip' });
    expect(answer.headers['content-encoding']).toBe('gzip');
    expect(answer.body).toHaveLength(501);
  });

  it('breaks the connection when a later page fails, rather than pass off a part as the whole', async () => {
    const { api, authorization, query } = await portalWithCustomer();
    query.orderPages = [[order('1')], [order('2')]];
    const whole = query.listOrders.bind(query);
    query.listOrders = (request) =>
      request.cursor === '' ? whole(request) : Promise.reject(new Unavailable('query'));
    await expect(api.get(PATH).set('Authorization', authorization)).rejects.toThrow();
  });
});

describe.each([
  ['get', PATH],
  ['get', '/api/user/balance'],
  ['get', '/api/user/withdrawals'],
  ['get', '/api/user/statement'],
  ['get', `${PATH}/${NUMBER}`],
] as const)('%s %s while query does not answer', (method, path) => {
  it('is 503 with Retry-After', async () => {
    const down = () => Promise.reject(new Unavailable('query'));
    const { api, authorization } = await portalWithCustomer({
      query: { listOrders: down, order: down, listWithdrawals: down, listEntries: down, balance: down },
    });
    const answer = await api[method](path).set('Authorization', authorization).expect(503);
    expect(answer.headers['retry-after']).toBe('2');
    expect(answer.text).not.toContain('query');
  });
});
