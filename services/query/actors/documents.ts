import { z } from 'zod';
import type { Documents } from '../../shared/dapr/actor';
import { ledgerEntry, orderSnapshot } from '../../shared/events/schemas';
import type { EntryPage } from '../domain/entry-pages';
import type { IndexPage, OrderKey, ReadPage } from '../domain/order-index';
import type { OrderDocument } from '../domain/order-view';
import type { View } from '../domain/view';

/** What AccountView keeps: its head, and the documents beside it by their keys. */

const count = z.number().int().min(0);
export const orderKeySchema: z.ZodType<OrderKey> = z.object({ uploaded_at: z.string(), number: z.string() });

export const viewSchema: z.ZodType<View> = z.object({
  version: count,
  orders: z.object({ root: count.nullable(), next_page: count }),
  changes: z.object({
    orders: z.array(z.object({ number: z.string(), version: count })),
    forgotten_to: count,
  }),
  last_seq: count,
  last_withdrawal_seq: count,
  balance_minor: count,
  withdrawn_minor: count,
});
const indexPage: z.ZodType<IndexPage> = z.union([
  z.object({ rows: z.array(orderKeySchema), older: count.nullable() }),
  z.object({ children: z.array(z.object({ from: orderKeySchema.nullable(), page: count })) }),
]);
const orderDocument: z.ZodType<OrderDocument> = z.object({
  snapshot: orderSnapshot.nullable(),
  credited: z.boolean(),
});
const entryPage: z.ZodType<EntryPage> = z.object({ entries: z.array(ledgerEntry) });

export type EntryList = 'entries' | 'withdrawals';

export const orderDocumentKey = (number: string): string => `order/${number}`;
export const indexPageKey = (page: number): string => `orders/${page}`;
export const entryPageKey = (list: EntryList, page: number): string => `${list}/${page}`;

export const orderIn = (documents: Documents, number: string): OrderDocument | undefined =>
  documents.get(orderDocumentKey(number), orderDocument);
export const entryPageIn = (documents: Documents, list: EntryList, page: number): EntryPage | undefined =>
  documents.get(entryPageKey(list, page), entryPage);

/** Pages of the order index as far as the turn has read them. @throws Error when a page is lost */
export const indexPagesIn =
  (documents: Documents): ReadPage =>
  (page) => {
    const key = indexPageKey(page);
    if (!documents.has(key)) return undefined;
    const found = documents.get(key, indexPage);
    if (!found) throw new Error(`${key} is named in the order index and not stored`);
    return found;
  };
