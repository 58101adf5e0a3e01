import { Entry, Order, OrderMove, type Mark as MarkMessage } from '../gen/gophermart/query/v1/query';
import type { LedgerEntry, OrderSnapshot } from '../shared/events/schemas';
import { Refusal } from '../shared/refusal';
import { marks, type Mark } from './actors/marks';

/** Between query.proto's messages and what the view speaks. */

/** @throws Refusal invalid_request for marks that are too many or name nothing */
export function parseMarks(messages: MarkMessage[]): Mark[] {
  const given = messages.map((mark) => {
    if (mark.hasOrder) return { order: mark.order.number, version: mark.order.version };
    return mark.hasEntry ? { entry: mark.entry.seq } : {};
  });
  const parsed = marks.safeParse(given);
  if (!parsed.success) throw new Refusal('invalid_request');
  return parsed.data;
}

export function orderMessage({
  number,
  status,
  accrual_minor,
  uploaded_at,
  updated_at,
}: OrderSnapshot): Order {
  const order = new Order({ number, status, uploadedAt: uploaded_at, updatedAt: updated_at });
  if (accrual_minor !== null) order.accrualMinor = accrual_minor;
  return order;
}

/** The oldest move first. */
export const historyMessages = ({ history }: OrderSnapshot): OrderMove[] =>
  history.map((move) => new OrderMove(move));

export function entryMessage(entry: LedgerEntry): Entry {
  return new Entry({
    id: entry.id,
    seq: entry.seq,
    kind: entry.kind,
    amountMinor: entry.amount_minor,
    balanceMinor: entry.balance_minor,
    withdrawnMinor: entry.withdrawn_minor,
    heldMinor: entry.held_minor,
    orderNumber: entry.order_number ?? '',
    processedAt: entry.processed_at,
  });
}
