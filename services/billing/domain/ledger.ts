import type { LedgerEntry } from '../../shared/events/schemas';
import { MAX_AMOUNT_MINOR } from '../../shared/money';

/** Where points come from and go to: each entry moves its amount between the account and one of these. */
export type CounterAccount = 'accruals' | 'redemptions';

export interface BookedEntry extends LedgerEntry {
  counter_account: CounterAccount;
}

/** A page of the ledger holds so many entries, and an account's head fewer. */
export const ENTRIES_PER_PAGE = 32;

/** An account's bounded head: its totals, and the newest entries, which do not fill a page yet. */
export interface Account {
  /** Of the newest entry; gapless from 1. */
  seq: number;
  withdrawal_seq: number;
  balance_minor: number;
  withdrawn_minor: number;
  /** Of the newest entry, RFC 3339; null before the first. */
  booked_at: string | null;
  tail: BookedEntry[];
}

export const emptyAccount: Account = {
  seq: 0,
  withdrawal_seq: 0,
  balance_minor: 0,
  withdrawn_minor: 0,
  booked_at: null,
  tail: [],
};

/** What is kept of an entry for ever under its id: enough to answer the same request again. */
export interface Receipt {
  entry_id: string;
  /** Of the request's body: the same id with another body is refused. */
  fingerprint: string;
  seq: number;
  balance_minor: number;
  withdrawn_minor: number;
}

export interface Posting {
  account_id: string;
  /** Unique for ever: `accrual:<order number>` or `withdrawal:<operation id>`. */
  entry_id: string;
  fingerprint: string;
  kind: LedgerEntry['kind'];
  order_number: string;
  /** How many points move, > 0; the kind says which way. */
  amount_minor: number;
}

export type Booked =
  | {
      result: 'booked';
      account: Account;
      entry: BookedEntry;
      receipt: Receipt;
      sealed: SealedPage | undefined;
    }
  | { result: 'replayed'; receipt: Receipt }
  | { result: 'operation_reused' | 'invalid_amount' | 'insufficient_points' };

/** A full page of the ledger; it never changes again. Page n holds the entries n * ENTRIES_PER_PAGE + 1 and on. */
export interface SealedPage {
  page: number;
  entries: BookedEntry[];
}

/**
 * Books one entry, or answers as it was answered when its id was booked before. The balance never goes below
 * zero and no total leaves the integers that are exact.
 * @param earlier what was booked under the same entry id
 */
export function book(
  account: Account,
  posting: Posting,
  earlier: Receipt | undefined,
  nowMs: number,
): Booked {
  if (earlier) {
    return earlier.fingerprint === posting.fingerprint
      ? { result: 'replayed', receipt: earlier }
      : { result: 'operation_reused' };
  }
  const { amount_minor: amount } = posting;
  if (!Number.isInteger(amount) || amount < 1 || amount > MAX_AMOUNT_MINOR)
    return { result: 'invalid_amount' };
  const debit = posting.kind === 'withdrawal';
  const balance = account.balance_minor + (debit ? -amount : amount);
  const withdrawn = account.withdrawn_minor + (debit ? amount : 0);
  if (balance < 0) return { result: 'insufficient_points' };
  if (!Number.isSafeInteger(balance) || !Number.isSafeInteger(withdrawn)) return { result: 'invalid_amount' };
  return append(account, posting, { balance_minor: balance, withdrawn_minor: withdrawn }, nowMs);
}

function append(
  account: Account,
  posting: Posting,
  totals: { balance_minor: number; withdrawn_minor: number },
  nowMs: number,
): Booked {
  const debit = posting.kind === 'withdrawal';
  const seq = account.seq + 1;
  const withdrawalSeq = account.withdrawal_seq + (debit ? 1 : 0);
  const earliestMs = account.booked_at === null ? 0 : Date.parse(account.booked_at);
  const entry: BookedEntry = {
    id: posting.entry_id,
    account_id: posting.account_id,
    counter_account: debit ? 'redemptions' : 'accruals',
    seq,
    kind: posting.kind,
    withdrawal_seq: debit ? withdrawalSeq : null,
    amount_minor: debit ? -posting.amount_minor : posting.amount_minor,
    order_number: posting.order_number,
    processed_at: new Date(Math.max(nowMs, earliestMs)).toISOString(),
    ...totals,
  };
  const tail = [...account.tail, entry];
  const full = tail.length === ENTRIES_PER_PAGE;
  return {
    result: 'booked',
    account: {
      seq,
      withdrawal_seq: withdrawalSeq,
      ...totals,
      booked_at: entry.processed_at,
      tail: full ? [] : tail,
    },
    entry,
    receipt: { entry_id: entry.id, fingerprint: posting.fingerprint, seq, ...totals },
    sealed: full ? { page: seq / ENTRIES_PER_PAGE - 1, entries: tail } : undefined,
  };
}

/** The entry as the account's readers are told of it. */
export function publicEntry({ counter_account: _, ...entry }: BookedEntry): LedgerEntry {
  return entry;
}
