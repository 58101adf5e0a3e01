import type { LedgerEntry } from '../../shared/events/schemas';

/** An entry's place is given by its number, so that it is the same in whatever order the entries come. */
export const PAGE_ENTRIES = 32;

/** Oldest first; while an entry is on its way there is a gap. */
export interface EntryPage {
  entries: LedgerEntry[];
}

/** An entry's number in its list, from 1: in the ledger, or among the withdrawals. */
export type NumberOf = (entry: LedgerEntry) => number | null;
export const ledgerNumber: NumberOf = (entry) => entry.seq;
export const withdrawalNumber: NumberOf = (entry) => entry.withdrawal_seq;

export const pageOf = (number: number): number => Math.floor((number - 1) / PAGE_ENTRIES);

export function holds(page: EntryPage | undefined, seq: number): boolean {
  return page?.entries.some((entry) => entry.seq === seq) ?? false;
}

export function withEntry(page: EntryPage | undefined, entry: LedgerEntry): EntryPage {
  const entries = [...(page?.entries ?? []), entry];
  return { entries: entries.sort((left, right) => left.seq - right.seq) };
}

/** The numbers `low` to `high` of a listing; none when low > high. */
export interface Window {
  low: number;
  high: number;
}

/**
 * @param before the number that ended the listing before; null for the newest
 * @param last the highest number known
 */
export function windowOf(before: number | null, last: number, limit: number): Window {
  const high = before === null ? last : Math.min(before - 1, last);
  return { low: Math.max(1, high - limit + 1), high };
}

/** The pages that a listing reads. */
export function pagesOf({ low, high }: Window): number[] {
  if (low > high) return [];
  const newest = pageOf(high);
  return Array.from({ length: newest - pageOf(low) + 1 }, (_, index) => newest - index);
}

/** Newest first. What is missing in the view is missing in the list. */
export function entriesIn(
  { low, high }: Window,
  pages: (EntryPage | undefined)[],
  numberOf: NumberOf,
): LedgerEntry[] {
  const inside = (entry: LedgerEntry): boolean => {
    const number = numberOf(entry) ?? 0;
    return low <= number && number <= high;
  };
  const entries = pages.flatMap((page) => page?.entries ?? []).filter(inside);
  return entries.sort((left, right) => right.seq - left.seq);
}
