import { FOREIGN_NUMBER, NUMBER, portalWithCustomer } from './support';

const order = (number: string) => ({ number, status: 'NEW', uploadedAt: '2026-05-01T10:00:00.000Z' });
const withdrawn = (orderNumber: string) => ({
  orderNumber,
  amountMinor: 75_150,
  processedAt: '2026-05-01T10:00:00.000Z',
});
const entry = (seq: number) => ({
  seq,
  kind: seq % 2 ? 'accrual' : 'withdrawal',
  orderNumber: NUMBER,
  amountMinor: seq % 2 ? 72_998 : -1,
  balanceMinor: 100 * seq,
  heldMinor: 0,
  processedAt: '2026-05-01T10:00:00.000Z',
});

/** A customer whose lists have two pages. */
async function customer() {
  const running = await portalWithCustomer();
  running.query.orderPages = [[order('18')], [order('26')]];
  running.query.withdrawalPages = [[withdrawn('18')], [withdrawn('26')]];
  running.query.entryPages = [[entry(2)], [entry(1)]];
  const get = (path: string) => running.api.get(path).set('Authorization', running.authorization);
  return { ...running, get };
}

describe.each(['/api/user/orders', '/api/user/withdrawals'])('GET %s', (path) => {
  it('is the whole list without a limit', async () => {
    const { get } = await customer();
    const answer = await get(path).expect(200);
    expect(answer.body).toHaveLength(2);
    expect(answer.headers['next-cursor']).toBeUndefined();
    expect(answer.headers.link).toBeUndefined();
  });

  it('goes page by page with a limit, as the headers tell', async () => {
    const { get, query } = await customer();
    const first = await get(`${path}?limit=1`).expect(200);
    expect(first.body).toHaveLength(1);
    expect(first.headers['next-cursor']).toBe('1');
    const next = /^<([^>]*)>; rel="next"$/.exec(String(first.headers.link))?.[1] ?? '';
    expect(next).toBe(`${path}?limit=1&cursor=1`);
    const last = await get(next).expect(200);
    expect(last.body).toHaveLength(1);
    expect(last.body).not.toEqual(first.body);
    expect(last.headers['next-cursor']).toBeUndefined();
    expect(query.limitsAsked).toEqual([1, 1]);
  });

  it('is the rest of the list with a cursor alone', async () => {
    const { get } = await customer();
    expect((await get(`${path}?cursor=1`).expect(200)).body).toHaveLength(1);
  });

  it('is 204 when there is nothing', async () => {
    const { get, query } = await customer();
    [query.orderPages, query.withdrawalPages] = [[[]], [[]]];
    await get(`${path}?limit=5`).expect(204);
  });
});

describe('GET /api/user/statement', () => {
  it('tells every entry with the balance after it, page by page', async () => {
    const { get, query } = await customer();
    const first = await get('/api/user/statement').expect(200);
    expect(first.body).toEqual({
      entries: [
        {
          seq: 2,
          kind: 'withdrawal',
          order: NUMBER,
          amount: -0.01,
          balance: 2,
          held: 0,
          processed_at: '2026-05-01T10:00:00.000Z',
        },
      ],
      next_cursor: '1',
    });
    expect(first.headers.link).toBe('</api/user/statement?cursor=1>; rel="next"');
    const last = await get('/api/user/statement?limit=500&cursor=1').expect(200);
    expect(last.body.entries[0]).toMatchObject({ seq: 1, kind: 'accrual', amount: 729.98 });
    expect(last.body.next_cursor).toBeUndefined();
    expect(query.limitsAsked).toEqual([100, 500]);
  });

  it('is an empty page in an empty account', async () => {
    const { get, query } = await customer();
    query.entryPages = [[]];
    await get('/api/user/statement').expect(200, { entries: [] });
  });
});

describe.each(['/api/user/orders', '/api/user/withdrawals', '/api/user/statement'])(
  'GET %s refuses',
  (path) => {
    it.each([
      ['limit=0', 'malformed_request'],
      ['limit=501', 'malformed_request'],
      ['limit=-1', 'malformed_request'],
      ['limit=1.5', 'malformed_request'],
      ['limit=ten', 'malformed_request'],
      ['limit=', 'malformed_request'],
      ['limit=1&limit=2', 'malformed_request'],
      ['cursor=', 'malformed_request'],
      ['cursor=1&cursor=2', 'malformed_request'],
      [`cursor=${'x'.repeat(513)}`, 'malformed_request'],
      ['cursor=nonsense', 'invalid_cursor'],
    ])('%s', async (query, slug) => {
      const { get } = await customer();
      const answer = await get(`${path}?${query}`).expect(400);
      expect(answer.body.slug).toBe(slug);
    });
  },
);

describe('GET /api/user/orders/{number}', () => {
  it('is that order', async () => {
    const { get, query } = await customer();
    query.orderPages = [[{ ...order(NUMBER), status: 'PROCESSED', accrualMinor: 72_998 }]];
    const answer = await get(`/api/user/orders/${NUMBER}`).expect(200);
    expect(answer.body).toEqual({
      number: NUMBER,
      status: 'PROCESSED',
      accrual: 729.98,
      uploaded_at: '2026-05-01T10:00:00.000Z',
      history: [{ status: 'NEW', at: '2026-05-01T10:00:00.000Z', cause: 'uploaded' }],
    });
  });

  it.each([
    ['another’s', FOREIGN_NUMBER],
    ['none', '34'],
    ['no number', 'abc'],
    ['not Luhn', '12345678904'],
    ['too long', '0'.repeat(65)],
    ['a key of its own', '18%2F..%2F26'],
  ])('is 404 for %s', async (_name, number) => {
    const { get } = await customer();
    expect((await get(`/api/user/orders/${number}`).expect(404)).body.slug).toBe('order_not_found');
  });

  it('shows what was just uploaded', async () => {
    const { api, get, query, authorization } = await customer();
    await api
      .post('/api/user/orders')
      .set({ Authorization: authorization, 'Content-Type': 'text/plain' })
      .send(NUMBER)
      .expect(202);
    await get(`/api/user/orders/${NUMBER}`);
    expect(query.marksAsked.at(-1)).toEqual([{ order: NUMBER, version: 1 }]);
  });
});
