import { credentials, status, type Client, type ServiceError } from '@grpc/grpc-js';
import { Registry } from 'prom-client';
import {
  EntryMark,
  GetBalanceRequest,
  GetChangesRequest,
  GetOrderRequest,
  ListEntriesRequest,
  ListOrdersRequest,
  ListWithdrawalsRequest,
  Mark,
  OrderMark,
  QueryServiceClient,
  UnimplementedQueryServiceService,
} from '../../../services/gen/gophermart/query/v1/query';
import { accountViewActor } from '../../../services/query/actors/account-view';
import { queryService } from '../../../services/query/grpc';
import { queryMetrics } from '../../../services/query/metrics';
import { subscriptions } from '../../../services/query/subscriptions';
import { Watches } from '../../../services/query/watches';
import { newEvent, type EventData, type EventName } from '../../../services/shared/events/catalogue';
import type { LedgerEntry, OrderSnapshot } from '../../../services/shared/events/schemas';
import { createLogger } from '../../../services/shared/log';
import { slugOf } from '../../../services/shared/refusal';
import { drive } from '../../unit/support/drive';
import { serveGrpc } from '../support/serve-grpc';

const [FIRST, SECOND, THIRD] = ['12345678903', '79927398713', '2377225624'] as const;
const AT = '2026-01-01T00:00:00.000Z';
const log = createLogger('query', 'silent');

const order = (fields: Partial<OrderSnapshot> = {}): OrderSnapshot => ({
  number: FIRST,
  account_id: 'alice',
  status: 'NEW',
  accrual_minor: null,
  version: 1,
  uploaded_at: AT,
  updated_at: AT,
  reason: null,
  history: [{ status: 'NEW', at: AT, cause: 'uploaded' }],
  ...fields,
});
const credit: LedgerEntry = {
  id: `accrual:${FIRST}`,
  account_id: 'alice',
  seq: 1,
  kind: 'accrual',
  withdrawal_seq: null,
  amount_minor: 72_998,
  held_change_minor: 0,
  order_number: FIRST,
  cause: `order_updated:${FIRST}:2`,
  refers_to: null,
  processed_at: AT,
  balance_minor: 72_998,
  held_minor: 0,
  withdrawn_minor: 0,
  hash: '0'.repeat(64),
};
const debit: LedgerEntry = {
  ...credit,
  id: 'withdrawal:op-1',
  seq: 2,
  kind: 'withdrawal',
  withdrawal_seq: 1,
  amount_minor: -100,
  balance_minor: 72_898,
  withdrawn_minor: 100,
};
const orderMark = (number: string, version: number) =>
  new Mark({ order: new OrderMark({ number, version }) });
const entryMark = (seq: number) => new Mark({ entry: new EntryMark({ seq }) });

const open: { close: () => Promise<void>; client: Client }[] = [];
afterEach(async () => {
  for (const { client, close } of open.splice(0)) {
    client.close();
    await close();
  }
});

/** From the time of every event to when query is told of it. */
const LAG_MS = 40;

/** Query over a clock that only its own pauses move; `whilePausing` runs in each. */
async function query(whilePausing: (pauses: number) => Promise<void> = () => Promise.resolve()) {
  const views = drive(accountViewActor);
  const watches = new Watches();
  const metrics = new Registry();
  const rows = subscriptions(views, watches, queryMetrics(metrics), () => Date.parse(AT) + LAG_MS);
  const tell = <N extends EventName>(name: N, event: EventData<N>) =>
    rows.find((row) => row.name === name)!.handle(newEvent(name, event, AT).event);
  let nowMs = 0;
  let pauses = 0;
  const clock = {
    nowMs: () => nowMs,
    pause: async (ms: number) => {
      nowMs += ms;
      await whilePausing(++pauses);
    },
  };
  const definition = UnimplementedQueryServiceService.definition;
  const { port, close } = await serveGrpc(definition, queryService(views, watches, log, clock));
  const client = new QueryServiceClient(`127.0.0.1:${port}`, credentials.createInsecure());
  open.push({ close, client });
  return { client, tell, watches, metrics };
}

const refused = (call: Promise<unknown>): Promise<{ code: status; slug: string | undefined }> =>
  call.then(
    () => Promise.reject(new Error('was not refused')),
    (error: ServiceError) => ({ code: error.code, slug: slugOf(error) }),
  );

describe('what the view is told can be asked', () => {
  test('an order, from its upload to its points', async () => {
    const { client, tell } = await query();
    await tell('order_created', order());
    const ask = async () =>
      (await client.GetOrder(new GetOrderRequest({ accountId: 'alice', number: FIRST }))).order;
    const first = await ask();
    expect(first.toObject()).toMatchObject({ number: FIRST, status: 'NEW', uploadedAt: AT, updatedAt: AT });
    expect(first.hasAccrualMinor).toBe(false);
    await tell('order_updated', order({ status: 'PROCESSED', accrual_minor: 72_998, version: 2 }));
    expect((await ask()).status).toBe('PROCESSING');
    await tell('transaction_processed', credit);
    const last = await ask();
    expect([last.status, last.hasAccrualMinor, last.accrualMinor]).toEqual(['PROCESSED', true, 72_998]);
  });

  test('one order is told with its history', async () => {
    const { client, tell } = await query();
    const history = [
      { status: 'NEW', at: AT, cause: 'uploaded' },
      { status: 'INVALID', at: AT, cause: 'accrual_failed' },
    ] as const;
    await tell('order_updated', order({ status: 'INVALID', version: 2, history: [...history] }));
    const answer = await client.GetOrder(new GetOrderRequest({ accountId: 'alice', number: FIRST }));
    expect(answer.history.map((move) => move.toObject())).toEqual(history);
  });

  test('an accrual of nothing is an accrual', async () => {
    const { client, tell } = await query();
    await tell('order_updated', order({ status: 'PROCESSED', accrual_minor: 0, version: 2 }));
    const { orders } = await client.ListOrders(new ListOrdersRequest({ accountId: 'alice' }));
    expect(orders.map((found) => [found.hasAccrualMinor, found.accrualMinor])).toEqual([[true, 0]]);
  });

  test('the balance, the withdrawals and every entry', async () => {
    const { client, tell } = await query();
    await tell('transaction_processed', debit);
    await tell('transaction_processed', credit);
    const accountId = 'alice';
    const balance = await client.GetBalance(new GetBalanceRequest({ accountId }));
    expect(balance.toObject()).toEqual({ currentMinor: 72_898, withdrawnMinor: 100, lagging: false });
    const { withdrawals } = await client.ListWithdrawals(new ListWithdrawalsRequest({ accountId }));
    expect(withdrawals.map((entry) => entry.toObject())).toEqual([
      {
        id: 'withdrawal:op-1',
        seq: 2,
        kind: 'withdrawal',
        amountMinor: -100,
        balanceMinor: 72_898,
        heldMinor: 0,
        withdrawnMinor: 100,
        orderNumber: FIRST,
        processedAt: AT,
      },
    ]);
    const { entries } = await client.ListEntries(new ListEntriesRequest({ accountId }));
    expect(entries.map(({ id }) => id)).toEqual([debit.id, credit.id]);
  });

  test('an account of which nothing is known is empty', async () => {
    const { client } = await query();
    const listed = await client.ListOrders(new ListOrdersRequest({ accountId: 'nobody' }));
    expect(listed.toObject()).toEqual({ orders: [], nextCursor: '', lagging: false });
    const balance = await client.GetBalance(new GetBalanceRequest({ accountId: 'nobody' }));
    expect(balance.currentMinor).toBe(0);
  });
});

test('the view’s lag is measured, once for each event that told it something', async () => {
  const { tell, metrics } = await query();
  for (const told of [credit, credit, debit]) await tell('transaction_processed', told);
  await tell('order_created', order());
  const text = await metrics.metrics();
  expect(text).toContain('view_lag_seconds_count{event="transaction_processed"} 2');
  expect(text).toContain('view_lag_seconds_count{event="order_created"} 1');
  expect(text).toContain(`view_lag_seconds_sum{event="order_created"} ${LAG_MS / 1_000}`);
});

describe('cursors', () => {
  test('lead through a listing, newest first', async () => {
    const { client, tell } = await query();
    const numbers = [FIRST, SECOND, THIRD];
    for (const [index, number] of numbers.entries())
      await tell('order_created', order({ number, uploaded_at: `2026-01-01T00:00:0${index}.000Z` }));
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = await client.ListOrders(new ListOrdersRequest({ accountId: 'alice', limit: 1, cursor }));
      seen.push(...page.orders.map(({ number }) => number));
      cursor = page.nextCursor;
    } while (cursor !== '');
    expect(seen).toEqual([THIRD, SECOND, FIRST]);
  });

  test.each([
    ['no base64', '!!!'],
    ['no JSON', Buffer.from('{').toString('base64url')],
    ['of another shape', Buffer.from('["orders",1,2]').toString('base64url')],
    ['of another list', Buffer.from('["withdrawals",7]').toString('base64url')],
    ['endless', 'x'.repeat(5_000)],
  ])('that are %s are refused', async (_, cursor) => {
    const { client } = await query();
    const invalid = { code: status.INVALID_ARGUMENT, slug: 'invalid_cursor' };
    const accountId = 'alice';
    expect(await refused(client.ListOrders(new ListOrdersRequest({ accountId, cursor })))).toEqual(invalid);
    expect(await refused(client.ListEntries(new ListEntriesRequest({ accountId, cursor })))).toEqual(invalid);
  });
});

describe('refused', () => {
  test.each([
    ['a negative limit', new ListOrdersRequest({ accountId: 'alice', limit: -1 }), 'invalid_request'],
    ['a limit too high', new ListOrdersRequest({ accountId: 'alice', limit: 501 }), 'invalid_request'],
    ['no account', new ListOrdersRequest({}), 'invalid_request'],
    [
      'a mark of nothing',
      new ListOrdersRequest({ accountId: 'alice', marks: [new Mark()] }),
      'invalid_request',
    ],
    [
      'a mark of no order',
      new ListOrdersRequest({ accountId: 'alice', marks: [orderMark('../x', 1)] }),
      'invalid_request',
    ],
    [
      'too many marks',
      new ListOrdersRequest({ accountId: 'alice', marks: Array.from({ length: 9 }, () => entryMark(1)) }),
      'invalid_request',
    ],
  ])('%s', async (_, request, slug) => {
    const { client } = await query();
    expect(await refused(client.ListOrders(request))).toEqual({ code: status.INVALID_ARGUMENT, slug });
  });

  test.each([
    ['an order of another account', SECOND],
    ['an order that nobody uploaded', THIRD],
    ['an order that cannot be', 'x'],
  ])('%s is not found', async (_, number) => {
    const { client, tell } = await query();
    await tell('order_created', order({ number: SECOND, account_id: 'bob' }));
    const call = client.GetOrder(new GetOrderRequest({ accountId: 'alice', number }));
    expect(await refused(call)).toEqual({ code: status.NOT_FOUND, slug: 'order_not_found' });
  });
});

describe('a customer’s own writes', () => {
  test('are waited for', async () => {
    const { client, tell } = await query(async (pauses) => {
      if (pauses === 2) await tell('order_created', order());
    });
    const request = new ListOrdersRequest({ accountId: 'alice', marks: [orderMark(FIRST, 1)] });
    const { orders, lagging } = await client.ListOrders(request);
    expect([orders.length, lagging]).toEqual([1, false]);
  });

  test.each([
    [
      'ListOrders',
      async (client: QueryServiceClient, marks: Mark[]) =>
        client.ListOrders(new ListOrdersRequest({ accountId: 'alice', marks })),
    ],
    [
      'GetOrder',
      async (client: QueryServiceClient, marks: Mark[]) =>
        client.GetOrder(new GetOrderRequest({ accountId: 'alice', number: FIRST, marks })),
    ],
    [
      'GetBalance',
      async (client: QueryServiceClient, marks: Mark[]) =>
        client.GetBalance(new GetBalanceRequest({ accountId: 'alice', marks })),
    ],
    [
      'ListWithdrawals',
      async (client: QueryServiceClient, marks: Mark[]) =>
        client.ListWithdrawals(new ListWithdrawalsRequest({ accountId: 'alice', marks })),
    ],
    [
      'ListEntries',
      async (client: QueryServiceClient, marks: Mark[]) =>
        client.ListEntries(new ListEntriesRequest({ accountId: 'alice', marks })),
    ],
  ])('%s says when they have not come in time', async (_, ask) => {
    const { client, tell } = await query();
    await tell('order_created', order());
    expect((await ask(client, [orderMark(FIRST, 1)])).lagging).toBe(false);
    expect((await ask(client, [orderMark(FIRST, 2)])).lagging).toBe(true);
    expect((await ask(client, [entryMark(1)])).lagging).toBe(true);
  });
});

describe('changes', () => {
  const ask = (client: QueryServiceClient, sinceVersion: number, waitMs = 0) =>
    client.GetChanges(new GetChangesRequest({ accountId: 'alice', sinceVersion, waitMs }));

  test('are waited for, and told with the balance', async () => {
    const { client, tell } = await query(async (pauses) => {
      if (pauses === 2) await tell('order_created', order());
    });
    const answer = await ask(client, 0, 8_000);
    expect([answer.version, answer.reset, answer.currentMinor]).toEqual([1, false, 0]);
    expect(answer.orders.map(({ number, status }) => [number, status])).toEqual([[FIRST, 'NEW']]);
    await tell('transaction_processed', credit);
    const next = await ask(client, 1);
    expect([next.version, next.currentMinor, next.orders.length]).toEqual([3, 72_998, 1]);
  });

  test('that are not known any more mean: read anew', async () => {
    const { client } = await query();
    const answer = await ask(client, 5);
    expect([answer.version, answer.reset, answer.orders]).toEqual([0, true, []]);
  });

  test.each([
    ['a negative version', { sinceVersion: -1 }],
    ['a wait too long', { waitMs: 8_001 }],
    ['no account', { accountId: '' }],
  ])('%s is refused', async (_, fields) => {
    const { client } = await query();
    const request = new GetChangesRequest({ accountId: 'alice', ...fields });
    expect(await refused(client.GetChanges(request))).toMatchObject({ slug: 'invalid_request' });
  });
});

test('a fault of the view is UNAVAILABLE', async () => {
  const gone = { of: () => ({ balance: () => Promise.reject(new Error('no placement')) }) };
  const definition = UnimplementedQueryServiceService.definition;
  const { port, close } = await serveGrpc(definition, queryService(gone as never, new Watches(), log));
  const client = new QueryServiceClient(`127.0.0.1:${port}`, credentials.createInsecure());
  open.push({ close, client });
  const call = client.GetBalance(new GetBalanceRequest({ accountId: 'alice' }));
  expect(await refused(call)).toEqual({ code: status.UNAVAILABLE, slug: undefined });
});
