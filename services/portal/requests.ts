import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { minorFromDecimal } from '../shared/money';
import { isOrderNumber } from '../shared/order-number';
import { credentials, MAX_CREDENTIAL_LENGTH, orderUpload, passwordChange, withdrawal } from './api/schemas';
import { MAX_LIMIT } from './list';
import { loginKey } from './login-key';
import { Problem } from './problems';

/** A request's body as it came: its media type, and its bytes after decompression. */
export interface Body {
  /** Without parameters; empty when the charset is another than UTF-8. */
  mediaType: string;
  bytes: Buffer;
}

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;
const LIMIT = /^[1-9][0-9]{0,2}$/;
const MAX_CURSOR_LENGTH = 512;

export interface Credentials {
  loginKey: string;
  password: string;
}

/** The same login however it is typed: NFKC, lower case, trimmed. */
export function normalisedLogin(login: string): string {
  return login.normalize('NFKC').toLowerCase().trim();
}

const text = `text of 1-${MAX_CREDENTIAL_LENGTH} characters`;

/** POST /api/user/register and /login: JSON {login, password}. @throws Problem malformed_request */
export function parseCredentials(body: Body): Credentials {
  const { login, password } = json(body, credentials, `{"login": ${text}, "password": ${text}}`);
  return { loginKey: loginKey(normalisedLogin(login)), password };
}

/** POST /api/user/password: JSON {current, new}. @throws Problem malformed_request */
export function parsePasswordChange(body: Body): { current: string; replacement: string } {
  const { current, new: replacement } = json(body, passwordChange, `{"current": ${text}, "new": ${text}}`);
  return { current, replacement };
}

/**
 * The part of a list that is asked for: `limit` (1-500) and `cursor`.
 * @throws Problem malformed_request
 */
export function parsePage(query: Readonly<Record<string, unknown>>): { limit?: number; cursor: string } {
  const { limit, cursor = '' } = query;
  if (typeof cursor !== 'string' || cursor.length > MAX_CURSOR_LENGTH || query.cursor === '') {
    throw new Problem('malformed_request', `The cursor must be a text of 1-${MAX_CURSOR_LENGTH} characters.`);
  }
  if (limit === undefined) return { cursor };
  if (typeof limit !== 'string' || !LIMIT.test(limit) || Number(limit) > MAX_LIMIT) {
    throw new Problem('malformed_request', `The limit must be a number from 1 to ${MAX_LIMIT}.`);
  }
  return { limit: Number(limit), cursor };
}

/**
 * POST /api/user/orders: the number as text/plain, or JSON {"number": "..."}.
 * @throws Problem malformed_request, invalid_order_number
 */
export function parseOrderNumber(body: Body): string {
  const text = (
    body.mediaType === 'text/plain'
      ? utf8(body.bytes)
      : json(body, orderUpload, '{"number": "..."} or text/plain').number
  ).trim();
  if (text === '') throw new Problem('malformed_request', 'The order number is missing.');
  return checkedOrderNumber(text);
}

/**
 * POST /api/user/balance/withdraw: JSON {order, sum}, the sum in points.
 * @throws Problem malformed_request, invalid_amount, invalid_order_number
 */
export function parseWithdrawal(body: Body): { orderNumber: string; amountMinor: number } {
  const { order, sum } = json(body, withdrawal, '{"order": "...", "sum": number}');
  const amountMinor = minorFromDecimal(sum);
  if (amountMinor === undefined || amountMinor === 0) throw new Problem('invalid_amount');
  return { orderNumber: checkedOrderNumber(order.trim()), amountMinor };
}

/**
 * The operation id of a withdrawal: the same for the same account and key, whatever is withdrawn.
 * @param key the header Idempotency-Key; without it each request is an operation of its own
 * @throws Problem invalid_idempotency_key
 */
export function operationId(accountId: string, key: string | undefined, newId: () => string): string {
  if (key === undefined) return newId();
  if (!IDEMPOTENCY_KEY.test(key)) throw new Problem('invalid_idempotency_key');
  return createHash('sha256').update(`${accountId}\n${key}`).digest('hex');
}

function checkedOrderNumber(text: string): string {
  if (!isOrderNumber(text)) throw new Problem('invalid_order_number');
  return text;
}

function json<T>(body: Body, schema: z.ZodType<T>, expected: string): T {
  if (body.mediaType !== 'application/json') {
    throw new Problem(
      'malformed_request',
      `The content type must be application/json in UTF-8: ${expected}.`,
    );
  }
  const parsed = schema.safeParse(parseJson(body.bytes));
  if (!parsed.success) throw new Problem('malformed_request', `The body must be ${expected}.`);
  return parsed.data;
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(utf8(bytes));
  } catch {
    throw new Problem('malformed_request', 'The body is not JSON.');
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws Problem malformed_request for bytes that are not UTF-8: nothing is guessed */
function utf8(bytes: Buffer): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new Problem('malformed_request', 'The body is not UTF-8.');
  }
}
