import { z } from 'zod';
import type { CommandSpec } from '../../shared/dapr/actor';
import type { LedgerEntry, OrderSnapshot } from '../../shared/events/schemas';
import { orderNumber } from '../../shared/order-number';
import { changedSince } from '../domain/changes';
import {
  entriesIn,
  ledgerNumber,
  pagesOf,
  windowOf,
  withdrawalNumber,
  type Window,
} from '../domain/entry-pages';
import type { OrderKey } from '../domain/order-index';
import { listRows } from '../domain/order-listing';
import { visibleOrder } from '../domain/order-view';
import { emptyView, type View } from '../domain/view';
import {
  entryPageIn,
  entryPageKey,
  indexPageKey,
  indexPagesIn,
  orderDocumentKey,
  orderIn,
  orderKeySchema,
  type EntryList,
} from './documents';
import { markKeys, marks, missingMarks, type Mark } from './marks';

/** What AccountView is asked. Every answer comes at once, and says which of the asked marks it does not show. */

export const MAX_LIMIT = 500;
const limit = z.number().int().min(1).max(MAX_LIMIT);

const asked = z.object({ marks });
type Asked = z.infer<typeof asked>;
interface Answer {
  missing: Mark[];
}

const orderListing = z.object({ marks, limit, after: orderKeySchema.nullable() });
type OrderListing = z.infer<typeof orderListing>;

/** `next` is the `after` of the next listing; null at the end. */
export const listOrders: CommandSpec<
  View,
  OrderListing,
  Answer & { orders: OrderSnapshot[]; next: OrderKey | null }
> = {
  startedBy: 'read',
  input: orderListing,
  documents: ({ marks }) => markKeys(marks),
  more: ({ state, documents }, { after, limit }) => {
    const { rows, wanted } = listRows(state?.orders.root ?? null, after, limit, indexPagesIn(documents));
    const orders = rows.slice(0, limit).map(({ number }) => orderDocumentKey(number));
    return wanted === null ? orders : [indexPageKey(wanted), ...orders];
  },
  decide: ({ state, documents }, { after, limit, marks }) => {
    const listed = listRows(state?.orders.root ?? null, after, limit, indexPagesIn(documents));
    const orders = listed.rows.flatMap(({ number }) => {
      const order = orderIn(documents, number);
      return (order && visibleOrder(order)) ?? [];
    });
    return { reply: { orders, next: listed.next, missing: missingMarks(marks, documents) } };
  },
};

const orderQuestion = z.object({ marks, number: orderNumber });

/** `order` is null when the account has none of this number in the view. */
export const getOrder: CommandSpec<
  View,
  z.infer<typeof orderQuestion>,
  Answer & { order: OrderSnapshot | null }
> = {
  startedBy: 'read',
  input: orderQuestion,
  documents: ({ number, marks }) => [orderDocumentKey(number), ...markKeys(marks)],
  decide: ({ documents }, { number, marks }) => {
    const known = orderIn(documents, number);
    const order = (known && visibleOrder(known)) ?? null;
    return { reply: { order, missing: missingMarks(marks, documents) } };
  },
};

export const balance: CommandSpec<View, Asked, Answer & { balance_minor: number; withdrawn_minor: number }> =
  {
    startedBy: 'read',
    input: asked,
    documents: ({ marks }) => markKeys(marks),
    decide: ({ state, documents }, { marks }) => ({
      reply: {
        balance_minor: state?.balance_minor ?? 0,
        withdrawn_minor: state?.withdrawn_minor ?? 0,
        missing: missingMarks(marks, documents),
      },
    }),
  };

const entryListing = z.object({ marks, limit, before: z.number().int().min(1).nullable() });
type EntryListing = z.infer<typeof entryListing>;
/** `next` is the `before` of the next listing; null at the end. */
type EntriesAnswer = Answer & { entries: LedgerEntry[]; next: number | null };

/** A listing of entries; with those that are still on their way missing, it may be shorter than its limit. */
function entryList(
  list: EntryList,
  last: (view: View) => number,
  numberOf: (entry: LedgerEntry) => number | null,
): CommandSpec<View, EntryListing, EntriesAnswer> {
  const windowFor = (view: View | undefined, { before, limit }: EntryListing): Window =>
    windowOf(before, view ? last(view) : 0, limit);
  return {
    startedBy: 'read',
    input: entryListing,
    documents: ({ marks }) => markKeys(marks),
    more: ({ state }, asked) => pagesOf(windowFor(state, asked)).map((page) => entryPageKey(list, page)),
    decide: ({ state, documents }, asked) => {
      const window = windowFor(state, asked);
      const pages = pagesOf(window).map((page) => entryPageIn(documents, list, page));
      return {
        reply: {
          entries: entriesIn(window, pages, numberOf),
          next: window.low > 1 && window.low <= window.high ? window.low : null,
          missing: missingMarks(asked.marks, documents),
        },
      };
    },
  };
}

export const listEntries = entryList('entries', (view) => view.last_seq, ledgerNumber);
export const listWithdrawals = entryList('withdrawals', (view) => view.last_withdrawal_seq, withdrawalNumber);

const changesQuestion = z.object({ since: z.number().int().min(0) });
/** `orders` is null when it is not known any more which have changed. */
export interface ChangesAnswer {
  version: number;
  orders: OrderSnapshot[] | null;
  balance_minor: number;
  withdrawn_minor: number;
}

/** What is new to somebody who has seen the view's version `since`; 0: nothing yet. */
export const changes: CommandSpec<View, z.infer<typeof changesQuestion>, ChangesAnswer> = {
  startedBy: 'read',
  input: changesQuestion,
  more: ({ state = emptyView }, { since }) => (changedSince(state, since) ?? []).map(orderDocumentKey),
  decide: ({ state = emptyView, documents }, { since }) => {
    const { version, balance_minor, withdrawn_minor } = state;
    const numbers = changedSince(state, since);
    const orders = numbers?.flatMap((number) => {
      const order = orderIn(documents, number);
      return (order && visibleOrder(order)) ?? [];
    });
    return { reply: { version, orders: orders ?? null, balance_minor, withdrawn_minor } };
  },
};
