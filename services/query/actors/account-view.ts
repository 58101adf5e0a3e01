import { defineActor, type CommandSpec } from '../../shared/dapr/actor';
import type { Actors } from '../../shared/dapr/client';
import {
  ledgerEntry,
  orderSnapshot,
  type LedgerEntry,
  type OrderSnapshot,
} from '../../shared/events/schemas';
import { holds, pageOf, withEntry } from '../domain/entry-pages';
import { insert, wayTo } from '../domain/order-index';
import { withCredit, withSnapshot } from '../domain/order-view';
import { emptyView, withChangedOrder, withTotals, type View } from '../domain/view';
import {
  entryPageIn,
  entryPageKey,
  indexPageKey,
  indexPagesIn,
  orderDocumentKey,
  orderIn,
  viewSchema,
} from './documents';
import { balance, changes, getOrder, listEntries, listOrders, listWithdrawals } from './reads';

/** `known`: the view held it, or something newer, before. */
export type Applied = 'applied' | 'known';

/** Takes order_created and order_updated alike, in any order: the highest version wins. */
const applyOrder: CommandSpec<View, OrderSnapshot, Applied> = {
  startedBy: 'message',
  input: orderSnapshot,
  documents: ({ number }) => [orderDocumentKey(number)],
  more: ({ state, documents }, order) => {
    const root = state?.orders.root ?? null;
    if (root === null || orderIn(documents, order.number)?.snapshot) return [];
    const { wanted } = wayTo(order, root, indexPagesIn(documents));
    return wanted === null ? [] : [indexPageKey(wanted)];
  },
  decide: ({ state: view = emptyView, documents }, order) => {
    const known = orderIn(documents, order.number);
    const document = withSnapshot(known, order);
    if (!document) return { reply: 'known' };
    const written = { [orderDocumentKey(order.number)]: document };
    const changed = withChangedOrder(view, order.number);
    if (known?.snapshot) return { reply: 'applied', state: changed, documents: written };
    const { uploaded_at, number } = order;
    const { index, pages } = insert({ uploaded_at, number }, view.orders, indexPagesIn(documents));
    for (const [page, content] of pages) Object.assign(written, { [indexPageKey(page)]: content });
    return { reply: 'applied', state: { ...changed, orders: index }, documents: written };
  },
};

/** Puts an entry at its place by seq; an accrual's entry lets its order be seen as PROCESSED. */
const applyEntry: CommandSpec<View, LedgerEntry, Applied> = {
  startedBy: 'message',
  input: ledgerEntry,
  documents: (entry) => {
    const number = creditedOrder(entry);
    return [
      entryPageKey('entries', pageOf(entry.seq)),
      ...(entry.withdrawal_seq === null ? [] : [entryPageKey('withdrawals', pageOf(entry.withdrawal_seq))]),
      ...(number === undefined ? [] : [orderDocumentKey(number)]),
    ];
  },
  decide: ({ state: view = emptyView, documents }, entry) => {
    const { seq, withdrawal_seq } = entry;
    const page = entryPageIn(documents, 'entries', pageOf(seq));
    if (holds(page, seq)) return { reply: 'known' };
    const written: Record<string, unknown> = {
      [entryPageKey('entries', pageOf(seq))]: withEntry(page, entry),
    };
    if (withdrawal_seq !== null) {
      const withdrawals = pageOf(withdrawal_seq);
      written[entryPageKey('withdrawals', withdrawals)] = withEntry(
        entryPageIn(documents, 'withdrawals', withdrawals),
        entry,
      );
    }
    const state = withTotals(view, entry);
    const number = creditedOrder(entry);
    if (number === undefined) return { reply: 'applied', state, documents: written };
    written[orderDocumentKey(number)] = withCredit(orderIn(documents, number));
    return { reply: 'applied', state: withChangedOrder(state, number), documents: written };
  },
};

/** The order whose points the entry brings; undefined for an entry of another kind. */
const creditedOrder = ({ kind, order_number }: LedgerEntry): string | undefined =>
  kind === 'accrual' ? (order_number ?? undefined) : undefined;

const commands = {
  applyOrder,
  applyEntry,
  listOrders,
  getOrder,
  balance,
  listWithdrawals,
  listEntries,
  changes,
};

/** Views by account: what its customer sees of orders, balance, withdrawals and entries. */
export type Views = Actors<typeof commands>;

export const accountViewActor = defineActor<View, typeof commands>({
  type: 'AccountView',
  state: viewSchema,
  commands,
});
