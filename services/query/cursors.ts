import { z } from 'zod';
import { Refusal } from '../shared/refusal';
import type { OrderKey } from './domain/order-index';

/** Cursors name a row, never an offset: what comes in meanwhile moves no page. Opaque to clients. */

const MAX_CURSOR_LENGTH = 512;

const ordersCursor = z.tuple([z.literal('orders'), z.iso.datetime(), z.string().regex(/^[0-9]{1,64}$/)]);
const entriesCursor = (list: 'entries' | 'withdrawals') =>
  z.tuple([z.literal(list), z.number().int().min(1)]);

/** @throws Refusal invalid_cursor */
export function orderCursor(text: string): OrderKey | null {
  if (text === '') return null;
  const [, uploaded_at, number] = decode(text, ordersCursor);
  return { uploaded_at, number };
}

/** @throws Refusal invalid_cursor, also for a cursor of another list */
export function entryCursor(text: string, list: 'entries' | 'withdrawals'): number | null {
  return text === '' ? null : decode(text, entriesCursor(list))[1];
}

/** Empty after the last page. */
export function formatOrderCursor(next: OrderKey | null): string {
  return next === null ? '' : encode(['orders', next.uploaded_at, next.number]);
}

/** Empty after the last page. */
export function formatEntryCursor(next: number | null, list: 'entries' | 'withdrawals'): string {
  return next === null ? '' : encode([list, next]);
}

const encode = (cursor: unknown[]): string => Buffer.from(JSON.stringify(cursor)).toString('base64url');

function decode<T>(text: string, schema: z.ZodType<T>): T {
  try {
    if (text.length <= MAX_CURSOR_LENGTH)
      return schema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch {
    // refused below, whatever is wrong with it
  }
  throw new Refusal('invalid_cursor');
}
