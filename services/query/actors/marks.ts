import { z } from 'zod';
import type { Documents } from '../../shared/dapr/actor';
import { orderNumber } from '../../shared/order-number';
import { holds, pageOf } from '../domain/entry-pages';
import { entryPageIn, entryPageKey, orderDocumentKey, orderIn } from './documents';

/** A write that an answer must show: an order in this version or a newer one, or a ledger entry. */
export const mark = z.union([
  z.object({ order: orderNumber, version: z.number().int().min(1) }),
  z.object({ entry: z.number().int().min(1) }),
]);
export type Mark = z.infer<typeof mark>;

export const MAX_MARKS = 8;
export const marks = z.array(mark).max(MAX_MARKS);

/** What must be read to know whether the marks are in the view. */
export function markKeys(asked: Mark[]): string[] {
  return asked.map((mark) =>
    'order' in mark ? orderDocumentKey(mark.order) : entryPageKey('entries', pageOf(mark.entry)),
  );
}

export function missingMarks(asked: Mark[], documents: Documents): Mark[] {
  return asked.filter((mark) => {
    if ('entry' in mark) return !holds(entryPageIn(documents, 'entries', pageOf(mark.entry)), mark.entry);
    return (orderIn(documents, mark.order)?.snapshot?.version ?? 0) < mark.version;
  });
}
