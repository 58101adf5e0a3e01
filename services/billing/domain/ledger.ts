import { MAX_AMOUNT_MINOR } from '../../shared/money';
import { hashOfEntry, type Hash } from './chain';
import { ENTRIES_PER_PAGE, GENESIS, type BookedEntry, type Receipt, type SealedPage } from './entry';
import type { OpenHold } from './holds';
import type { Posting } from './postings';

/** An account's bounded head: its totals, its open holds, and the newest entries, which do not fill a page yet. */
export interface Account {
  /** Whether the register names it; an account may be credited before. */
  opened: boolean;
  /** Of the newest entry; gapless from 1. */
  seq: number;
  withdrawal_seq: number;
  balance_minor: number;
  /** Set aside by open holds; what may be spent is the balance less this. */
  held_minor: number;
  /** By withdrawals, less what was reversed of them. */
  withdrawn_minor: number;
  /** Of the newest entry, RFC 3339; null before the first. */
  booked_at: string | null;
  /** Of the newest entry. */
  hash: string;
  holds: OpenHold[];
  tail: BookedEntry[];
}

export const emptyAccount: Account = {
  opened: false,
  seq: 0,
  withdrawal_seq: 0,
  balance_minor: 0,
  held_minor: 0,
  withdrawn_minor: 0,
  booked_at: null,
  hash: GENESIS,
  holds: [],
  tail: [],
};

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

/** What books: whose account, when (epoch milliseconds), and how entries are sealed. */
export interface Booking {
  account_id: string;
  nowMs: number;
  hash: Hash;
}

type Totals = Pick<Account, 'balance_minor' | 'held_minor' | 'withdrawn_minor'>;

/**
 * Books one entry, or answers as it was answered when its id was booked before. What is held is never spent, the
 * balance never goes below zero, and no total leaves the integers that are exact.
 * @param earlier what was booked under the same entry id
 */
export function book(
  account: Account,
  posting: Posting,
  earlier: Receipt | undefined,
  booking: Booking,
): Booked {
  const fingerprint = fingerprintOf(posting, booking.hash);
  if (earlier) {
    return earlier.fingerprint === fingerprint
      ? { result: 'replayed', receipt: earlier }
      : { result: 'operation_reused' };
  }
  const { amount_minor: amount } = posting;
  if (!Number.isInteger(amount) || amount < 1 || amount > MAX_AMOUNT_MINOR)
    return { result: 'invalid_amount' };
  const totals = totalsAfter(account, posting);
  if (totals.balance_minor - totals.held_minor < 0) return { result: 'insufficient_points' };
  if (!Object.values(totals).every((total) => Number.isSafeInteger(total) && total >= 0))
    return { result: 'invalid_amount' };
  const entry = entryOf(account, posting, totals, booking);
  return {
    result: 'booked',
    entry,
    receipt: receiptOf(entry, fingerprint),
    ...append(account, posting, entry),
  };
}

/** The cause is left out: told in other words, it is the same request. */
function fingerprintOf(posting: Posting, hash: Hash): string {
  const { kind, order_number, refers_to, amount_minor, balance, held_change_minor } = posting;
  return hash(JSON.stringify([kind, order_number, refers_to, amount_minor, balance, held_change_minor]));
}

const totalsAfter = (account: Account, posting: Posting): Totals => ({
  balance_minor: account.balance_minor + posting.balance * posting.amount_minor,
  held_minor: account.held_minor + posting.held_change_minor,
  withdrawn_minor: account.withdrawn_minor + posting.withdrawn * posting.amount_minor,
});

function entryOf(account: Account, posting: Posting, totals: Totals, booking: Booking): BookedEntry {
  const earliestMs = account.booked_at === null ? 0 : Date.parse(account.booked_at);
  const content = {
    id: posting.entry_id,
    account_id: booking.account_id,
    counter_account: posting.counter_account,
    seq: account.seq + 1,
    kind: posting.kind,
    withdrawal_seq: posting.kind === 'withdrawal' ? account.withdrawal_seq + 1 : null,
    amount_minor: posting.balance * posting.amount_minor,
    held_change_minor: posting.held_change_minor,
    order_number: posting.order_number,
    cause: posting.cause,
    refers_to: posting.refers_to,
    processed_at: new Date(Math.max(booking.nowMs, earliestMs)).toISOString(),
    ...totals,
    previous_hash: account.hash,
  };
  return { ...content, hash: hashOfEntry(content, booking.hash) };
}

function append(
  account: Account,
  posting: Posting,
  entry: BookedEntry,
): { account: Account; sealed: SealedPage | undefined } {
  const { seq, balance_minor, held_minor, withdrawn_minor, hash } = entry;
  const tail = [...account.tail, entry];
  const full = tail.length === ENTRIES_PER_PAGE;
  const open = account.holds.filter(({ entry_id }) => entry_id !== entry.refers_to);
  return {
    account: {
      opened: account.opened,
      seq,
      withdrawal_seq: entry.withdrawal_seq ?? account.withdrawal_seq,
      balance_minor,
      held_minor,
      withdrawn_minor,
      booked_at: entry.processed_at,
      hash,
      holds: posting.opens ? [...open, posting.opens] : open,
      tail: full ? [] : tail,
    },
    sealed: full ? { page: seq / ENTRIES_PER_PAGE - 1, entries: tail } : undefined,
  };
}

const receiptOf = (entry: BookedEntry, fingerprint: string): Receipt => ({
  entry_id: entry.id,
  fingerprint,
  kind: entry.kind,
  counter_account: entry.counter_account,
  order_number: entry.order_number,
  amount_minor: entry.amount_minor,
  held_change_minor: entry.held_change_minor,
  seq: entry.seq,
  balance_minor: entry.balance_minor,
  held_minor: entry.held_minor,
  withdrawn_minor: entry.withdrawn_minor,
});
