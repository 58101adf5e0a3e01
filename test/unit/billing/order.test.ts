import {
  applyAccrual,
  register,
  transitions,
  watchdogDelayMs,
  WATCHDOG_LONGEST_MS,
  type Accrual,
  type Order,
} from '../../../services/billing/domain/order';
import { orderActor } from '../../../services/billing/actors/order';
import type { OrderStatus } from '../../../services/shared/events/schemas';
import { drive } from '../support/drive';

const NUMBER = '12345678903';
const T0 = Date.UTC(2026, 0, 1);
const started: Accrual = { name: 'accrual_started' };
const finished = (accrual_minor = 500): Accrual => ({ name: 'accrual_finished', accrual_minor });
const failed: Accrual = { name: 'accrual_failed', reason: 'not registered' };
const registration = { number: NUMBER, account_id: 'alice', operation_id: 'op-1' };

const howToReach: Record<OrderStatus, Accrual[]> = {
  NEW: [],
  PROCESSING: [started],
  PROCESSED: [finished()],
  INVALID: [failed],
};

function orderIn(status: OrderStatus): Order {
  const created = register(undefined, registration, T0);
  if (created.result !== 'created') throw new Error(created.result);
  return howToReach[status].reduce((order, accrual) => {
    const applied = applyAccrual(order, accrual, T0 + 1);
    return applied.result === 'ignored' ? order : applied.order;
  }, created.order);
}

describe('the transition table', () => {
  test.each<[OrderStatus, Accrual, string]>([
    ['NEW', started, 'PROCESSING'],
    ['NEW', finished(), 'PROCESSED'],
    ['NEW', failed, 'INVALID'],
    ['PROCESSING', started, 'ignored'],
    ['PROCESSING', finished(), 'PROCESSED'],
    ['PROCESSING', failed, 'INVALID'],
    ['PROCESSED', started, 'ignored'],
    ['PROCESSED', finished(), 'ignored'],
    ['PROCESSED', finished(501), 'contradicted'],
    ['PROCESSED', failed, 'contradicted'],
    ['INVALID', started, 'ignored'],
    ['INVALID', finished(), 'contradicted'],
    ['INVALID', failed, 'ignored'],
    ['INVALID', { name: 'accrual_failed', reason: 'told in other words' }, 'ignored'],
  ])('%s, told %j: %s', (from, accrual, becomes) => {
    const order = orderIn(from);
    const applied = applyAccrual(order, accrual, T0 + 2);
    if (applied.result !== 'moved') {
      expect(applied.result).toBe(becomes);
      if (applied.result === 'contradicted')
        expect(applied.order).toEqual({ ...order, contradictions: order.contradictions + 1 });
      return;
    }
    expect(applied.order.snapshot).toMatchObject({
      status: becomes,
      version: order.snapshot.version + 1,
      uploaded_at: order.snapshot.uploaded_at,
      updated_at: new Date(T0 + 2).toISOString(),
      accrual_minor: accrual.name === 'accrual_finished' ? accrual.accrual_minor : null,
      reason: accrual.name === 'accrual_failed' ? accrual.reason : null,
      history: [
        ...order.snapshot.history,
        { status: becomes, at: new Date(T0 + 2).toISOString(), cause: accrual.name },
      ],
    });
  });

  test('has a row for every status and a column for every event', () => {
    const columns = ['accrual_failed', 'accrual_finished', 'accrual_started'];
    expect(Object.keys(transitions).sort()).toEqual(['INVALID', 'NEW', 'PROCESSED', 'PROCESSING']);
    for (const row of Object.values(transitions)) expect(Object.keys(row).sort()).toEqual(columns);
  });

  test('time does not run backwards when the clock does', () => {
    const applied = applyAccrual(orderIn('NEW'), started, T0 - 5_000);
    expect(applied).toMatchObject({ order: { snapshot: { updated_at: new Date(T0).toISOString() } } });
  });
});

describe('the actor Order', () => {
  let nowMs = T0;
  const order = () => drive(orderActor(1_000), () => nowMs).actor(NUMBER);
  beforeEach(() => (nowMs = T0));

  test('the first account wins', () => {
    const actor = order();
    expect(actor.send('register', registration)).toEqual({ ok: true, created: true, version: 1 });
    expect(actor.send('register', { ...registration, account_id: 'bob', operation_id: 'op-2' })).toEqual({
      ok: false,
      slug: 'order_of_another',
    });
    expect(actor.state?.snapshot.account_id).toBe('alice');
    expect(actor.events.map(({ event }) => event.id)).toEqual([`order_created:${NUMBER}`]);
  });

  test.each([
    ['the same request again was the one that created it', 'op-1', true],
    ['another request of the same account finds it known', 'op-2', false],
  ])('%s', (_, operation_id, created) => {
    const actor = order();
    actor.send('register', registration);
    actor.send('applyAccrual', started);
    expect(actor.send('register', { ...registration, operation_id })).toEqual({
      ok: true,
      created,
      version: 2,
    });
    expect(actor.commits).toBe(2);
  });

  test.each([[started], [finished()], [failed]])('unknown, told %j: nothing is written', (accrual) => {
    const actor = order();
    expect(actor.send('applyAccrual', accrual)).toBe('unknown_order');
    expect(actor.state).toBeUndefined();
  });

  test('every move is told once, by its version, at the time that the state says', () => {
    const actor = order();
    actor.send('register', registration);
    nowMs += 10;
    for (const accrual of [started, started, finished(), finished(), failed])
      actor.send('applyAccrual', accrual);
    expect(actor.events.map(({ event }) => [event.id, event.time])).toEqual([
      [`order_created:${NUMBER}`, new Date(T0).toISOString()],
      [`order_updated:${NUMBER}:2`, new Date(nowMs).toISOString()],
      [`order_updated:${NUMBER}:3`, new Date(nowMs).toISOString()],
    ]);
    expect(actor.events.every(({ key }) => key === 'alice')).toBe(true);
    expect(actor.state?.contradictions).toBe(1);
  });

  test.each([
    ['NEW', []],
    ['PROCESSING', [started]],
  ])('the watchdog announces an order that is %s again, to the byte, and comes back later', (_, accruals) => {
    const actor = order();
    actor.send('register', registration);
    accruals.forEach((accrual) => actor.send('applyAccrual', accrual));
    const [original] = actor.events;
    for (const delayMs of [2_000, 4_000, 8_000]) {
      nowMs += 60_000;
      actor.fire('watchdog');
      expect(JSON.stringify(actor.events.at(-1))).toBe(JSON.stringify(original));
      expect(actor.reminders.get('watchdog')).toBe(nowMs + delayMs);
    }
    expect(actor.state?.announced).toBe(3);
  });

  test.each([
    ['PROCESSED', finished()],
    ['INVALID', failed],
  ])('the watchdog leaves an order alone that is %s', (_, accrual) => {
    const actor = order();
    actor.send('register', registration);
    actor.send('applyAccrual', accrual);
    actor.fire('watchdog');
    expect(actor.commits).toBe(2);
    expect(actor.reminders.size).toBe(0);
  });

  test('the watchdog’s pauses are bounded', () => {
    expect(watchdogDelayMs(0, 30_000)).toBe(30_000);
    expect(watchdogDelayMs(2_000, 30_000)).toBe(WATCHDOG_LONGEST_MS);
  });
});
