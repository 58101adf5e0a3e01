import { credentials, Metadata, status, type Client, type ServiceError } from '@grpc/grpc-js';
import { Registry } from 'prom-client';
import {
  BillingServiceClient,
  CreateOrderRequest,
  OpenAccountRequest,
  UnimplementedBillingServiceService,
  WithdrawRequest,
} from '../../../services/gen/gophermart/billing/v1/billing';
import { accountActor } from '../../../services/billing/actors/account';
import { sha256 } from '../../../services/billing/actors/ledger-documents';
import { orderActor } from '../../../services/billing/actors/order';
import { registerActor } from '../../../services/billing/actors/register';
import { shardOf } from '../../../services/billing/domain/register';
import { billingService } from '../../../services/billing/grpc';
import { billingMetrics } from '../../../services/billing/metrics';
import { subscriptions } from '../../../services/billing/subscriptions';
import { DeadLetter } from '../../../services/shared/dapr/subscription';
import { newEvent, type EventData, type EventName } from '../../../services/shared/events/catalogue';
import { createLogger } from '../../../services/shared/log';
import { MAX_AMOUNT_MINOR } from '../../../services/shared/money';
import { slugOf } from '../../../services/shared/refusal';
import { drive } from '../../unit/support/drive';
import { serveGrpc } from '../support/serve-grpc';

const NUMBER = '12345678903';
const AT = '2026-01-01T00:00:00.000Z';
const log = createLogger('billing', 'silent');

const open: { close: () => Promise<void>; client: Client }[] = [];
afterEach(async () => {
  for (const { client, close } of open.splice(0)) {
    client.close();
    await close();
  }
});

async function billing(
  orders = drive(orderActor(30_000)),
  accounts = drive(accountActor),
  registers = drive(registerActor),
) {
  const definition = UnimplementedBillingServiceService.definition;
  const { port, close } = await serveGrpc(definition, billingService(orders, accounts, registers, log));
  const client = new BillingServiceClient(`127.0.0.1:${port}`, credentials.createInsecure());
  open.push({ close, client });
  return { client, orders, accounts, registers };
}

const order = (fields = {}) =>
  new CreateOrderRequest({ accountId: 'alice', number: NUMBER, operationId: 'op-1', ...fields });
const withdrawal = (fields = {}) =>
  new WithdrawRequest({
    accountId: 'alice',
    orderNumber: NUMBER,
    amountMinor: 100,
    operationId: 'op-1',
    ...fields,
  });

const refused = (call: Promise<unknown>): Promise<{ code: status; slug: string | undefined }> =>
  call.then(
    () => Promise.reject(new Error('was not refused')),
    (error: ServiceError) => ({ code: error.code, slug: slugOf(error) }),
  );

describe('OpenAccount', () => {
  const request = new OpenAccountRequest({ accountId: 'alice' });
  const shard = shardOf('alice', sha256);

  test('enters the account into the register, once', async () => {
    const { client, accounts, registers } = await billing();
    expect((await client.OpenAccount(request)).opened).toBe(true);
    expect((await client.OpenAccount(request)).opened).toBe(false);
    expect(accounts.actor('alice').state).toMatchObject({ opened: true, seq: 0 });
    expect(await registers.of(shard).list({ page: 0 })).toEqual({ accounts: ['alice'], next: null });
  });

  test('again, after it has failed in between, ends what was begun', async () => {
    const { client, accounts, registers } = await billing();
    await registers.of(shard).add({ account_id: 'alice' });
    await accounts.of('alice').credit({ order_number: NUMBER, accrual_minor: 500, cause: 'test' });
    expect((await client.OpenAccount(request)).opened).toBe(true);
    expect(accounts.actor('alice').state).toMatchObject({ opened: true, balance_minor: 500 });
    expect(await registers.of(shard).list({ page: 0 })).toEqual({ accounts: ['alice'], next: null });
  });

  test('opens no account that the register does not take', async () => {
    const add = jest.fn(() => Promise.reject(new Error('no placement')));
    const { client, accounts } = await billing(undefined, undefined, { of: () => ({ add }) } as never);
    expect(await refused(client.OpenAccount(request))).toMatchObject({ code: status.UNAVAILABLE });
    expect(accounts.actor('alice').state).toBeUndefined();
  });

  test('of an id that is no key is refused', async () => {
    const { client } = await billing();
    const other = new OpenAccountRequest({ accountId: 'alice/head' });
    expect(await refused(client.OpenAccount(other))).toMatchObject({ slug: 'invalid_request' });
  });
});

describe('CreateOrder', () => {
  test('answers with what to wait for in the read model', async () => {
    const { client } = await billing();
    const created = await client.CreateOrder(order());
    expect(created.toObject()).toEqual({ created: true, number: NUMBER, version: 1 });
    const again = await client.CreateOrder(order({ operationId: 'op-2' }));
    expect(again.created).toBe(false);
  });

  test.each([
    ['no account', { accountId: '' }, 'invalid_request'],
    ['an account that is no key', { accountId: 'alice/head' }, 'invalid_request'],
    ['no operation', { operationId: '' }, 'invalid_request'],
    ['an endless operation', { operationId: 'x'.repeat(129) }, 'invalid_request'],
    ['no number', { number: '' }, 'invalid_order_number'],
    ['a number that is not Luhn', { number: '12345678904' }, 'invalid_order_number'],
    ['a number too long', { number: '0'.repeat(65) }, 'invalid_order_number'],
    ['a number that is no number', { number: '../1' }, 'invalid_order_number'],
  ])('%s is refused', async (_, fields, slug) => {
    const { client } = await billing();
    expect(await refused(client.CreateOrder(order(fields)))).toEqual({ code: status.INVALID_ARGUMENT, slug });
  });

  test('another account’s order is refused', async () => {
    const { client } = await billing();
    await client.CreateOrder(order());
    expect(await refused(client.CreateOrder(order({ accountId: 'bob' })))).toEqual({
      code: status.ALREADY_EXISTS,
      slug: 'order_of_another',
    });
  });

  test('the caller’s deadline goes on to the actor, and a fault is UNAVAILABLE', async () => {
    const register = jest.fn(() => Promise.reject(new Error('no placement')));
    const broken = { of: () => ({ register, applyAccrual: jest.fn() }) };
    const { client } = await billing(broken as never);
    const deadline = Date.now() + 2_000;
    const failed = refused(client.CreateOrder(order(), new Metadata(), { deadline }));
    expect(await failed).toEqual({ code: status.UNAVAILABLE, slug: undefined });
    const [, options] = register.mock.calls[0] as unknown as [unknown, { deadlineMs: number }];
    expect(Math.abs(options.deadlineMs - deadline)).toBeLessThan(500);
  });
});

describe('Withdraw', () => {
  test('answers with the entry and the totals after it, and says when it is a replay', async () => {
    const { client, accounts } = await billing();
    await accounts.of('alice').credit({ order_number: NUMBER, accrual_minor: 72_998, cause: 'test' });
    const first = await client.Withdraw(withdrawal());
    const entry = { entryId: 'withdrawal:op-1', seq: 2, balanceMinor: 72_898, withdrawnMinor: 100 };
    expect(first.toObject()).toEqual({ ...entry, replayed: false });
    expect((await client.Withdraw(withdrawal())).toObject()).toEqual({ ...entry, replayed: true });
    expect(await refused(client.Withdraw(withdrawal({ amountMinor: 99 })))).toEqual({
      code: status.ALREADY_EXISTS,
      slug: 'operation_reused',
    });
  });

  test.each([
    ['more than there is', {}, status.FAILED_PRECONDITION, 'insufficient_points'],
    ['nothing', { amountMinor: 0 }, status.INVALID_ARGUMENT, 'invalid_amount'],
    ['less than nothing', { amountMinor: -1 }, status.INVALID_ARGUMENT, 'invalid_amount'],
    ['too much', { amountMinor: MAX_AMOUNT_MINOR + 1 }, status.INVALID_ARGUMENT, 'invalid_amount'],
    ['for no order', { orderNumber: '1' }, status.INVALID_ARGUMENT, 'invalid_order_number'],
    ['without an operation', { operationId: '' }, status.INVALID_ARGUMENT, 'invalid_request'],
    ['from no account', { accountId: 'Ä' }, status.INVALID_ARGUMENT, 'invalid_request'],
  ])('of %s is refused', async (_, fields, code, slug) => {
    const { client } = await billing();
    expect(await refused(client.Withdraw(withdrawal(fields)))).toEqual({ code, slug });
  });
});

describe('what billing is told', () => {
  function told() {
    const orders = drive(orderActor(30_000));
    const accounts = drive(accountActor);
    const metrics = new Registry();
    const rows = subscriptions(orders, accounts, billingMetrics(metrics), log);
    const tell = <N extends EventName>(name: N, event: EventData<N>) =>
      rows.find((row) => row.name === name)!.handle(newEvent(name, event, AT).event);
    return { orders, accounts, tell, metrics };
  }

  test('moves the order, and what the order then tells credits the account', async () => {
    const { orders, accounts, tell } = told();
    await orders.of(NUMBER).register({ number: NUMBER, account_id: 'alice', operation_id: 'op-1' });
    await tell('accrual_started', { number: NUMBER });
    await tell('accrual_finished', { number: NUMBER, accrual_minor: 500 });
    for (const { event } of orders.actor(NUMBER).events.slice(1)) {
      await tell('order_updated', event.data as EventData<'order_updated'>);
      await tell('order_updated', event.data as EventData<'order_updated'>);
    }
    expect(accounts.actor('alice').state).toMatchObject({ seq: 1, balance_minor: 500 });
  });

  test('an order that ends without points credits nothing', async () => {
    const { orders, accounts, tell } = told();
    await orders.of(NUMBER).register({ number: NUMBER, account_id: 'alice', operation_id: 'op-1' });
    await tell('accrual_finished', { number: NUMBER, accrual_minor: 0 });
    await tell('order_updated', orders.actor(NUMBER).events[1]!.event.data as EventData<'order_updated'>);
    expect(accounts.actor('alice').state).toBeUndefined();
  });

  test('what contradicts an order’s end is counted, and changes nothing', async () => {
    const { orders, tell, metrics } = told();
    await orders.of(NUMBER).register({ number: NUMBER, account_id: 'alice', operation_id: 'op-1' });
    await tell('accrual_finished', { number: NUMBER, accrual_minor: 500 });
    await tell('accrual_finished', { number: NUMBER, accrual_minor: 500 });
    await tell('accrual_failed', { number: NUMBER, reason: 'not registered' });
    const { values } = await metrics.getSingleMetric('order_contradictions_total')!.get();
    expect(values).toEqual([{ value: 1, labels: { event: 'accrual_failed' } }]);
    expect(orders.actor(NUMBER).state?.snapshot).toMatchObject({ status: 'PROCESSED', accrual_minor: 500 });
  });

  test.each<[EventName, object]>([
    ['accrual_started', {}],
    ['accrual_finished', { accrual_minor: 500 }],
    ['accrual_failed', { reason: 'not registered' }],
  ])('%s of an order that nobody registered is a dead letter', async (name, rest) => {
    const { tell } = told();
    const result = await tell(name, { number: NUMBER, ...rest } as never);
    expect(result).toEqual(new DeadLetter('unknown_order'));
  });
});
