import { createHash } from 'node:crypto';
import { z } from 'zod';
import { minorFromDecimal } from '../shared/money';
import { isOrderNumber } from '../shared/order-number';
import { Problem } from './problems';

/** A request's body as it came: its media type without parameters, and its bytes after decompression. */
export interface Body {
  mediaType: string;
  bytes: Buffer;
}

export const MAX_LOGIN_LENGTH = 128;
export const MAX_PASSWORD_LENGTH = 128;
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;

const credentials = z.object({
  login: z.string().transform(normalisedLogin).pipe(z.string().min(1).max(MAX_LOGIN_LENGTH)),
  // by length only; one character is enough, since published clients register with short passwords
  password: z.string().min(1).max(MAX_PASSWORD_LENGTH),
});
export type Credentials = z.infer<typeof credentials>;

/** The same login however it is typed: trimmed, NFKC, lower case; empty when it holds what cannot be typed. */
export function normalisedLogin(login: string): string {
  return UNPRINTABLE.test(login) ? '' : login.normalize('NFKC').toLowerCase().trim();
}

/** POST /api/user/register and /login: JSON {login, password}. @throws Problem malformed_request */
export function parseCredentials(body: Body): Credentials {
  return json(
    body,
    credentials,
    `{"login": text of 1-${MAX_LOGIN_LENGTH}, "password": text of 1-${MAX_PASSWORD_LENGTH} characters}`,
  );
}

/**
 * POST /api/user/orders: the number as text/plain, or JSON {"number": "..."}.
 * @throws Problem malformed_request, invalid_order_number
 */
export function parseOrderNumber(body: Body): string {
  const text = (
    body.mediaType === 'text/plain'
      ? body.bytes.toString('utf8')
      : json(body, z.object({ number: z.string() }), '{"number": "..."} or text/plain').number
  ).trim();
  if (text === '') throw new Problem('malformed_request', 'The order number is missing.');
  return checkedOrderNumber(text);
}

const withdrawal = z.object({ order: z.string(), sum: z.number() });

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
    throw new Problem('malformed_request', `The content type must be application/json: ${expected}.`);
  }
  const parsed = schema.safeParse(parseJson(body.bytes));
  if (!parsed.success) throw new Problem('malformed_request', `The body must be ${expected}.`);
  return parsed.data;
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new Problem('malformed_request', 'The body is not JSON.');
  }
}
