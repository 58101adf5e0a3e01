import type { LedgerEntry } from '../../shared/events/schemas';
import type { CounterAccount, Receipt } from './entry';
import type { OpenHold } from './holds';

/** Which way an amount goes: into a total, out of it, or past it. */
type Direction = -1 | 0 | 1;

/** What an entry is to move, before the ledger has looked whether it may. */
export interface Posting {
  /** Unique for ever in its account. */
  entry_id: string;
  kind: LedgerEntry['kind'];
  counter_account: CounterAccount;
  order_number: string | null;
  /** Why: the event that asked for it, or what a person gave as the reason. */
  cause: string;
  /** The entry that this one reverses, captures or releases. */
  refers_to: string | null;
  /** > 0. */
  amount_minor: number;
  balance: Direction;
  withdrawn: Direction;
  held_change_minor: number;
  opens?: OpenHold;
}

export interface Credit {
  order_number: string;
  accrual_minor: number;
  cause: string;
}

export const accrualId = (order: string): string => `accrual:${order}`;

/** An order's points; its number makes the id, so that an order is credited once. */
export const accrual = ({ order_number, accrual_minor, cause }: Credit): Posting => ({
  entry_id: accrualId(order_number),
  kind: 'accrual',
  counter_account: 'accruals',
  order_number,
  cause,
  refers_to: null,
  amount_minor: accrual_minor,
  balance: 1,
  withdrawn: 0,
  held_change_minor: 0,
});

export interface Withdrawal {
  operation_id: string;
  order_number: string;
  amount_minor: number;
}

export const withdrawalId = (operation: string): string => `withdrawal:${operation}`;

export const withdrawal = ({ operation_id, order_number, amount_minor }: Withdrawal): Posting => ({
  entry_id: withdrawalId(operation_id),
  kind: 'withdrawal',
  counter_account: 'redemptions',
  order_number,
  cause: 'asked by the customer',
  refers_to: null,
  amount_minor,
  balance: -1,
  withdrawn: 1,
  held_change_minor: 0,
});

export interface Adjustment {
  operation_id: string;
  /** Signed: below zero takes points. */
  amount_minor: number;
  reason: string;
}

export const adjustmentId = (operation: string): string => `adjustment:${operation}`;

export const adjustment = ({ operation_id, amount_minor, reason }: Adjustment): Posting => ({
  entry_id: adjustmentId(operation_id),
  kind: 'adjustment',
  counter_account: 'adjustments',
  order_number: null,
  cause: reason,
  refers_to: null,
  amount_minor: Math.abs(amount_minor),
  balance: amount_minor < 0 ? -1 : 1,
  withdrawn: 0,
  held_change_minor: 0,
});

/** Made from the id of what it reverses: an entry is reversed once, and asked again it is the same reversal. */
export const reversalId = (reversed: string): string => `reversal:${reversed}`;

/**
 * Takes an accrual or a withdrawal back, whole.
 * @returns undefined for an entry of another kind
 */
export function reversal(reversed: Receipt, reason: string): Posting | undefined {
  if (reversed.kind !== 'accrual' && reversed.kind !== 'withdrawal') return undefined;
  const debit = reversed.kind === 'withdrawal';
  return {
    entry_id: reversalId(reversed.entry_id),
    kind: 'reversal',
    counter_account: reversed.counter_account,
    order_number: reversed.order_number,
    cause: reason,
    refers_to: reversed.entry_id,
    amount_minor: Math.abs(reversed.amount_minor),
    balance: debit ? 1 : -1,
    withdrawn: debit ? -1 : 0,
    held_change_minor: 0,
  };
}
