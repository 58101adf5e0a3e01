import { accountActor } from '../../../services/billing/actors/account';
import { orderActor } from '../../../services/billing/actors/order';
import type { Accrual } from '../../../services/billing/domain/order';
import { accountViewActor } from '../../../services/query/actors/account-view';
import type { OutgoingEvent } from '../../../services/shared/dapr/actor';
import type { LedgerEntry, OrderSnapshot } from '../../../services/shared/events/schemas';
import { passesLuhn } from '../../../services/shared/order-number';
import { drive } from '../support/drive';

export const T0 = Date.UTC(2026, 0, 1);

/** The nth of as many distinct order numbers as a test needs. */
export function orderNumberOf(n: number): string {
  const digits = [...'0123456789'].map((check) => `${n + 1}${check}`);
  return digits.find(passesLuhn)!;
}

/** What happens to one account: uploads, what the calculator says, withdrawals. */
export type Step =
  | { step: 'upload'; order: number }
  | { step: 'accrual'; order: number; accrual: Accrual }
  | { step: 'withdraw'; operation: number; amount_minor: number };

/** Lets billing's own decisions tell what happened to `alice`: the events, and the truth that they tell of. */
export function happenings(steps: Step[], tickMs = 1) {
  let nowMs = T0;
  const orders = drive(orderActor(30_000), () => nowMs);
  const accounts = drive(accountActor, () => nowMs);
  const uploaded = new Set<string>();
  for (const step of steps) {
    nowMs += tickMs;
    if (step.step === 'withdraw') {
      accounts.actor('alice').send('withdraw', {
        operation_id: `op-${step.operation}`,
        order_number: orderNumberOf(0),
        amount_minor: step.amount_minor,
      });
      continue;
    }
    const number = orderNumberOf(step.order);
    const order = orders.actor(number);
    if (step.step === 'upload') {
      uploaded.add(number);
      order.send('register', { number, account_id: 'alice', operation_id: `order-${number}` });
      continue;
    }
    if (order.send('applyAccrual', step.accrual) !== 'moved') continue;
    const { status, accrual_minor } = order.state!.snapshot;
    if (status === 'PROCESSED' && accrual_minor)
      accounts.actor('alice').send('credit', { order_number: number, accrual_minor, cause: 'test' });
  }
  const snapshots = [...uploaded].map((number) => orders.actor(number).state!.snapshot);
  const events = [
    ...[...uploaded].flatMap((number) => orders.actor(number).events),
    ...accounts.actor('alice').events,
  ];
  return { events, snapshots, account: accounts.actor('alice').state };
}

export const newView = () => drive(accountViewActor, () => T0).actor('alice');
export type View = ReturnType<typeof newView>;

export function tell(view: View, { event }: OutgoingEvent): unknown {
  return view.send(event.type === 'transaction_processed' ? 'applyEntry' : 'applyOrder', event.data);
}

/** Reads a whole listing, page by page. */
export function allOrders(view: View, limit: number): OrderSnapshot[] {
  const orders: OrderSnapshot[] = [];
  let after: unknown = null;
  do {
    const page = view.send('listOrders', { marks: [], limit, after }) as {
      orders: OrderSnapshot[];
      next: unknown;
    };
    orders.push(...page.orders);
    after = page.next;
  } while (after !== null);
  return orders;
}

export function allEntries(
  view: View,
  list: 'listEntries' | 'listWithdrawals',
  limit: number,
): LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  let before: unknown = null;
  do {
    const page = view.send(list, { marks: [], limit, before }) as { entries: LedgerEntry[]; next: unknown };
    entries.push(...page.entries);
    before = page.next;
  } while (before !== null);
  return entries;
}

/** All that a customer can see of the view. */
export const seen = (view: View, limit = 500) => ({
  orders: allOrders(view, limit),
  entries: allEntries(view, 'listEntries', limit),
  withdrawals: allEntries(view, 'listWithdrawals', limit),
  balance: view.send('balance', { marks: [] }),
});
