import { z } from 'zod';
import { MAX_AMOUNT_MINOR } from '../money';
import { orderNumber } from '../order-number';

export const accountId = z.string().regex(/^[0-9a-z-]{1,64}$/);
const instant = z.iso.datetime();
const amountMinor = z.number().int().min(0).max(MAX_AMOUNT_MINOR);
const totalMinor = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

export const orderStatus = z.enum(['NEW', 'PROCESSING', 'PROCESSED', 'INVALID']);
export type OrderStatus = z.infer<typeof orderStatus>;

/** Moves of one order that are kept; its transition table has no ring, so that it makes three at most. */
const MAX_MOVES = 8;

/** A step of an order's life: what it became, when, and what made it so. */
export const orderMove = z.object({
  status: orderStatus,
  at: instant,
  cause: z.enum(['uploaded', 'accrual_started', 'accrual_finished', 'accrual_failed']),
});
export type OrderMove = z.infer<typeof orderMove>;

/**
 * The whole public state of an order after one of its moves; `version` counts the moves, from 1, and `history`
 * holds them, the oldest first.
 */
export const orderSnapshot = z.object({
  number: orderNumber,
  account_id: accountId,
  status: orderStatus,
  accrual_minor: amountMinor.nullable(),
  version: z.number().int().min(1),
  uploaded_at: instant,
  updated_at: instant,
  reason: z.string().max(200).nullable(),
  history: z.array(orderMove).min(1).max(MAX_MOVES),
});
export type OrderSnapshot = z.infer<typeof orderSnapshot>;

export const accrualStarted = z.object({ number: orderNumber });
export const accrualFinished = z.object({ number: orderNumber, accrual_minor: amountMinor });
export const accrualFailed = z.object({ number: orderNumber, reason: z.string().max(200) });

export const entryKind = z.enum(['accrual', 'withdrawal', 'reversal', 'adjustment', 'hold', 'release']);
const signedMinor = z.number().int().min(-MAX_AMOUNT_MINOR).max(MAX_AMOUNT_MINOR);
const entryId = z.string().min(1).max(200);
/** SHA-256, in hexadecimal. */
export const entryHash = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * One entry of an account's ledger with the totals after it. `seq` is gapless per account, from 1;
 * `withdrawal_seq` is gapless among the account's withdrawals, null for other kinds. `amount_minor` and
 * `held_change_minor` are signed. `refers_to` is the entry that a reversal takes back, or the hold that a
 * release or a captured withdrawal ends. `hash` seals the entry and all before it.
 */
export const ledgerEntry = z.object({
  id: entryId,
  account_id: accountId,
  seq: z.number().int().min(1),
  kind: entryKind,
  withdrawal_seq: z.number().int().min(1).nullable(),
  amount_minor: signedMinor,
  held_change_minor: signedMinor,
  order_number: orderNumber.nullable(),
  cause: z.string().min(1).max(200),
  refers_to: entryId.nullable(),
  processed_at: instant,
  balance_minor: totalMinor,
  held_minor: totalMinor,
  withdrawn_minor: totalMinor,
  hash: entryHash,
});
export type LedgerEntry = z.infer<typeof ledgerEntry>;
