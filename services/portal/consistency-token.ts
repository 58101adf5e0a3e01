import { createHash } from 'node:crypto';
import { z } from 'zod';
import { orderNumber } from '../shared/order-number';
import { MAX_MARKS } from './marks';
import type { Mark } from './ports';

/**
 * The header Consistency-Token: an account's newest marks, for deployments in which the next read may reach
 * another portal. It gives no right to anything, so it is not signed; who forges one only makes himself wait.
 */

const MAX_TOKEN_LENGTH = 2_048;
const MAX_INT32 = 2_147_483_647;

const token = z.tuple([
  z.string(),
  z
    .array(
      z.union([
        z.tuple([orderNumber, z.number().int().min(1).max(MAX_INT32)]),
        z.tuple([z.number().int().min(1).max(Number.MAX_SAFE_INTEGER)]),
      ]),
    )
    .max(MAX_MARKS),
]);

export function encodeMarks(accountId: string, marks: readonly Mark[]): string {
  const compact = marks.map((mark) => ('entry' in mark ? [mark.entry] : [mark.order, mark.version]));
  return Buffer.from(JSON.stringify([fingerprint(accountId), compact])).toString('base64url');
}

/** @returns no marks for a token that is missing, malformed or of another account */
export function decodeMarks(accountId: string, text: string | undefined): Mark[] {
  if (text === undefined || text.length > MAX_TOKEN_LENGTH) return [];
  const parsed = token.safeParse(decoded(text));
  if (!parsed.success || parsed.data[0] !== fingerprint(accountId)) return [];
  return parsed.data[1].map((mark) =>
    mark.length === 1 ? { entry: mark[0] } : { order: mark[0], version: mark[1] },
  );
}

function fingerprint(accountId: string): string {
  return createHash('sha256').update(accountId).digest('base64url').slice(0, 12);
}

function decoded(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
