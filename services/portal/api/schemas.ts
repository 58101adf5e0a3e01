import { z } from 'zod';
import { MAX_AMOUNT_MINOR } from '../../shared/money';

/**
 * What clients send and get, as JSON. Requests are parsed by these schemas, the document of the API is made from
 * them, and the tests hold every answer to them.
 */

export const MAX_CREDENTIAL_LENGTH = 128;
export const MAX_POINTS = MAX_AMOUNT_MINOR / 100;
const HALF_CHARACTER = /\p{Cs}/u;
const whole = (text: string): boolean => !HALF_CHARACTER.test(text);

// lengths are counted in characters, as JSON Schema does; not in UTF-16 units
const login = z
  .string()
  .regex(/^(?=[\s\S]*\S)[^\u0000-\u001f\u007f-\u009f]{1,128}$/u)
  .refine(whole)
  .meta({ description: 'Compared in NFKC, lower case and without blanks around.', examples: ['anna'] });

// by length only; one character is enough, since published clients register with short passwords
const password = z
  .string()
  .regex(/^[\s\S]{1,128}$/u)
  .refine(whole)
  .meta({ format: 'password', examples: ['correct horse battery staple'] });

export const credentials = z.object({ login, password }).meta({ id: 'Credentials' });

export const passwordChange = z.object({ current: password, new: password }).meta({ id: 'PasswordChange' });

const luhnNumber = '1 to 64 digits that pass the Luhn check; compared as text, so leading zeros count.';

export const orderUpload = z
  .object({ number: z.string().meta({ description: luhnNumber, examples: ['12345678903'] }) })
  .meta({ id: 'OrderUpload' });

export const orderText = z
  .string()
  .meta({ description: `${luhnNumber} Blanks around it are ignored.`, examples: ['12345678903'] });

export const withdrawal = z
  .object({
    order: z.string().meta({ description: luhnNumber, examples: ['2377225624'] }),
    sum: z.number().meta({
      description: 'Points, with at most two decimals.',
      exclusiveMinimum: 0,
      maximum: MAX_POINTS,
      examples: [751.5],
    }),
  })
  .meta({ id: 'Withdrawal' });

const points = z.number().meta({ description: 'Points, exact to the hundredth.' });
const time = z.iso.datetime().meta({ description: 'RFC 3339, UTC.' });
const number = z.string().regex(/^[0-9]{1,64}$/);

const orderStatus = z.enum(['NEW', 'PROCESSING', 'INVALID', 'PROCESSED']);

export const order = z
  .strictObject({
    number,
    status: orderStatus,
    accrual: points.optional().meta({ description: 'The points it has brought; only with PROCESSED.' }),
    uploaded_at: time,
  })
  .meta({ id: 'Order' });

export const orderWithHistory = order
  .extend({
    history: z
      .array(
        z.strictObject({
          status: orderStatus,
          at: time,
          cause: z.enum(['uploaded', 'accrual_started', 'accrual_finished', 'accrual_failed']),
        }),
      )
      .min(1)
      .meta({ description: 'What the order became, when, and what made it so; the oldest first.' }),
  })
  .meta({ id: 'OrderWithHistory' });

export const orders = z.array(order).min(1).meta({ id: 'Orders' });

export const balance = z.strictObject({ current: points, withdrawn: points }).meta({ id: 'Balance' });

export const withdrawals = z
  .array(z.strictObject({ order: number, sum: points, processed_at: time }))
  .min(1)
  .meta({ id: 'Withdrawals' });

export const statement = z
  .strictObject({
    entries: z.array(
      z.strictObject({
        seq: z.number().int().min(1).meta({ description: 'Its place in the account, without gaps from 1.' }),
        kind: z.enum(['accrual', 'withdrawal', 'reversal', 'adjustment', 'hold', 'release']),
        order: number.optional().meta({ description: 'Absent when the entry belongs to no order.' }),
        amount: points.meta({ description: 'Points; below zero for what takes them, zero for a hold.' }),
        balance: points.meta({ description: 'Points in the account after this entry.' }),
        held: points.meta({ description: 'What of the balance is set aside after this entry.' }),
        processed_at: time,
      }),
    ),
    next_cursor: z
      .string()
      .optional()
      .meta({ description: 'The cursor of the next page; absent on the last.' }),
  })
  .meta({ id: 'Statement' });

/** The form of each event's data. */
export const changes = z
  .strictObject({
    reset: z.boolean().meta({ description: 'More has changed than the orders tell: read the lists anew.' }),
    orders: z.array(order).meta({ description: 'Those that changed, as they are now.' }),
    balance,
  })
  .meta({ id: 'Changes' });

export const eventStream = z.string().meta({
  examples: [
    'event: changes\nid: 17\ndata: {"reset":false,"orders":[],"balance":{"current":7.5,"withdrawn":0}}\n\n',
  ],
});

export const orderNumberText = number.meta({ examples: ['12345678903'] });

export const health = z.strictObject({ status: z.literal('ok') }).meta({ id: 'Health' });

const breakers = z
  .record(z.string(), z.enum(['closed', 'half-open', 'open']))
  .meta({ description: 'State of the circuit breaker round each dependency.' });

export const readiness = z.strictObject({ status: z.literal('ready'), breakers }).meta({ id: 'Readiness' });

/** RFC 9457. */
export const problem = z
  .looseObject({
    type: z.string().meta({ examples: ['urn:gophermart:problem:insufficient_points'] }),
    title: z.string(),
    status: z.number().int(),
    slug: z.string().meta({ description: 'Stable; what programs may rely on.' }),
    detail: z.string().optional(),
    request_id: z.string(),
  })
  .meta({ id: 'Problem' });
