import { Unavailable } from '../../../services/portal/ports';
import { JSON_TYPE, NUMBER, portalWithCustomer } from './support';

const PATH = '/api/user/balance/withdraw';

async function customer(changes = {}) {
  const running = await portalWithCustomer(changes);
  const withdraw = (body: unknown, headers: Record<string, string> = {}) =>
    running.api
      .post(PATH)
      .set({ Authorization: running.authorization, 'Content-Type': JSON_TYPE, ...headers })
      .send(typeof body === 'string' ? body : JSON.stringify(body));
  return { ...running, withdraw };
}

describe('GET /api/user/balance', () => {
  it('is exact to the hundredth', async () => {
    const { api, authorization, query } = await customer();
    query.totals = { currentMinor: 50_050, withdrawnMinor: 4_201 };
    const answer = await api.get('/api/user/balance').set('Authorization', authorization).expect(200);
    expect(answer.body).toEqual({ current: 500.5, withdrawn: 42.01 });
    expect(answer.headers['cache-control']).toBe('no-store');
  });
});

describe('POST /api/user/balance/withdraw', () => {
  it('books a withdrawal for an order that was never uploaded', async () => {
    const { withdraw, billing } = await customer();
    await withdraw({ order: NUMBER, sum: 751.25 }).expect(200);
    expect(billing.balanceMinor).toBe(100_000 - 75_125);
  });

  it.each([
    ['an empty body', '', 400, 'malformed_request'],
    ['no JSON', '{', 400, 'malformed_request'],
    ['a missing order', { sum: 1 }, 400, 'malformed_request'],
    ['a missing sum', { order: NUMBER }, 400, 'malformed_request'],
    ['a sum as text', { order: NUMBER, sum: '1' }, 400, 'malformed_request'],
    ['an order as number', { order: 1, sum: 1 }, 400, 'malformed_request'],
    ['a sum of zero', { order: NUMBER, sum: 0 }, 400, 'invalid_amount'],
    ['a negative sum', { order: NUMBER, sum: -1 }, 400, 'invalid_amount'],
    ['a third decimal', { order: NUMBER, sum: 0.001 }, 400, 'invalid_amount'],
    ['a huge sum', `{"order":"${NUMBER}","sum":1e300}`, 400, 'invalid_amount'],
    ['an endless sum', `{"order":"${NUMBER}","sum":1e999}`, 400, 'malformed_request'],
    ['a number that fails Luhn', { order: '1', sum: 1 }, 422, 'invalid_order_number'],
    ['an empty number', { order: '', sum: 1 }, 422, 'invalid_order_number'],
    ['more than there is', { order: NUMBER, sum: 1000.01 }, 402, 'insufficient_points'],
  ])('refuses %s', async (_name, body, status, slug) => {
    const { withdraw, billing } = await customer();
    const answer = await withdraw(body).expect(status);
    expect(answer.body).toMatchObject({ slug, status });
    expect(billing.balanceMinor).toBe(100_000);
  });

  it('answers 503 while billing does not', async () => {
    const down = () => Promise.reject(new Unavailable('billing'));
    const { withdraw } = await customer({ billing: { createOrder: down, withdraw: down } });
    const answer = await withdraw({ order: NUMBER, sum: 1 }).expect(503);
    expect(answer.headers['retry-after']).toBe('2');
  });

  it('replays the first result of an Idempotency-Key, and refuses another body under it', async () => {
    const { withdraw, billing } = await customer();
    const key = { 'Idempotency-Key': 'k-1' };
    const first = await withdraw({ order: NUMBER, sum: 1 }, key).expect(200);
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    const second = await withdraw({ order: NUMBER, sum: 1 }, key).expect(200);
    expect(second.headers['idempotency-replayed']).toBe('true');
    const third = await withdraw({ order: NUMBER, sum: 2 }, key).expect(422);
    expect(third.body.slug).toBe('operation_reused');
    expect(billing.balanceMinor).toBe(99_900);
  });

  it('takes requests without a key for different ones', async () => {
    const { withdraw, billing } = await customer();
    await withdraw({ order: NUMBER, sum: 1 }).expect(200);
    await withdraw({ order: NUMBER, sum: 1 }).expect(200);
    expect(billing.balanceMinor).toBe(99_800);
  });

  it.each([
    ['empty', ''],
    ['too long', 'k'.repeat(256)],
    ['with a blank', 'a b'],
    ['not ASCII', 'é'],
  ])('refuses a key that is %s', async (_name, key) => {
    const { withdraw } = await customer();
    const answer = await withdraw({ order: NUMBER, sum: 1 }, { 'Idempotency-Key': key }).expect(400);
    expect(answer.body.slug).toBe('invalid_idempotency_key');
  });
});

describe('GET /api/user/withdrawals', () => {
  it('answers 204 when there are none', async () => {
    const { api, authorization } = await customer();
    await api.get('/api/user/withdrawals').set('Authorization', authorization).expect(204);
  });

  it('joins all pages', async () => {
    const { api, authorization, query } = await customer();
    const processedAt = '2026-05-01T10:00:00Z';
    query.withdrawalPages = [
      [{ orderNumber: '2377225624', amountMinor: 50_000, processedAt }],
      [{ orderNumber: NUMBER, amountMinor: 1, processedAt }],
    ];
    const answer = await api.get('/api/user/withdrawals').set('Authorization', authorization).expect(200);
    expect(answer.body).toEqual([
      { order: '2377225624', sum: 500, processed_at: processedAt },
      { order: NUMBER, sum: 0.01, processed_at: processedAt },
    ]);
  });
});
