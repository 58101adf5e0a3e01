import type { LedgerEntry } from '../../shared/events/schemas';

/**
 * Where points come from and go to: each entry moves its amount between the account and one of these. `holds`
 * only sets points of the account aside: its entries move nothing out of the balance.
 */
export const counterAccounts = ['accruals', 'redemptions', 'adjustments', 'holds'] as const;
export type CounterAccount = (typeof counterAccounts)[number];

/** An entry as the ledger keeps it. It never changes: what was wrong is put right by another entry. */
export interface BookedEntry extends LedgerEntry {
  counter_account: CounterAccount;
  /** `hash` of the entry before; `GENESIS` for the first. */
  previous_hash: string;
}

/** The hash before an account's first entry. */
export const GENESIS = '0'.repeat(64);

/** What is kept of an entry for ever under its id: enough to answer the same request again, and to reverse it. */
export interface Receipt {
  entry_id: string;
  /** Of the request's content: the same id with another content is refused. */
  fingerprint: string;
  kind: LedgerEntry['kind'];
  counter_account: CounterAccount;
  order_number: string | null;
  amount_minor: number;
  held_change_minor: number;
  seq: number;
  balance_minor: number;
  held_minor: number;
  withdrawn_minor: number;
}

/** A page of the ledger holds so many entries, and an account's head fewer. */
export const ENTRIES_PER_PAGE = 32;

/** A full page of the ledger; it never changes again. Page n holds the entries n * ENTRIES_PER_PAGE + 1 and on. */
export interface SealedPage {
  page: number;
  entries: BookedEntry[];
}

/** The entry as the account's readers are told of it. */
export function publicEntry({
  counter_account: _account,
  previous_hash: _hash,
  ...entry
}: BookedEntry): LedgerEntry {
  return entry;
}
