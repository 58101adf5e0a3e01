import { GENESIS, type BookedEntry } from './entry';

/** SHA-256 in hexadecimal; a parameter, since the domain stands on nothing. */
export type Hash = (text: string) => string;

/** The hash of an entry: over all its fields in the order of their names, the hash of the entry before among them. */
export function hashOfEntry(entry: Omit<BookedEntry, 'hash'>, hash: Hash): string {
  const { hash: _, ...content } = entry as BookedEntry;
  const fields = Object.entries(content).sort(([left], [right]) => (left < right ? -1 : 1));
  return hash(JSON.stringify(fields));
}

type After = Pick<
  BookedEntry,
  'seq' | 'hash' | 'balance_minor' | 'held_minor' | 'withdrawn_minor' | 'processed_at'
>;

const beforeAll: After = {
  seq: 0,
  hash: GENESIS,
  balance_minor: 0,
  held_minor: 0,
  withdrawn_minor: 0,
  processed_at: '',
};

/**
 * Looks for the first entry that does not follow from the one before: by number, hash, totals or time.
 * @param entries oldest first
 * @param before the entry before the first of them; by default they begin the ledger
 * @returns its seq as it should be; undefined when the chain is whole
 */
export function firstBreak(
  entries: readonly BookedEntry[],
  hash: Hash,
  before: After = beforeAll,
): number | undefined {
  let last = before;
  for (const entry of entries) {
    if (!follows(entry, last, hash)) return last.seq + 1;
    last = entry;
  }
  return undefined;
}

function follows(entry: BookedEntry, last: After, hash: Hash): boolean {
  return (
    entry.seq === last.seq + 1 &&
    entry.previous_hash === last.hash &&
    entry.hash === hashOfEntry(entry, hash) &&
    entry.balance_minor === last.balance_minor + entry.amount_minor &&
    entry.held_minor === last.held_minor + entry.held_change_minor &&
    entry.held_minor >= 0 &&
    entry.balance_minor >= entry.held_minor &&
    entry.processed_at >= last.processed_at
  );
}
