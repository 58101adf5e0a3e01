import type { Mark } from './ports';

/**
 * Reading your own writes: the portal remembers what each customer wrote last, and passes it to the reads
 * that follow (ARCHITECTURE.md, "Reading your own writes").
 */

export const MAX_MARKS = 8;
export const MAX_ACCOUNTS_REMEMBERED = 20_000;

/**
 * The newest marks of two lists, oldest first. Of the same order the higher version counts, of entries the
 * highest number: who waits for it waits for all before it.
 */
export function mergedMarks(older: readonly Mark[], newer: readonly Mark[]): Mark[] {
  const byWrite = new Map<string, Mark>();
  for (const mark of [...older, ...newer]) {
    const write = 'entry' in mark ? 'entry' : mark.order;
    const known = byWrite.get(write);
    byWrite.delete(write);
    byWrite.set(write, known && position(known) > position(mark) ? known : mark);
  }
  return [...byWrite.values()].slice(-MAX_MARKS);
}

const position = (mark: Mark): number => ('entry' in mark ? mark.entry : mark.version);

/** The newest marks per account; the account that was used longest ago is forgotten first. */
export class MarkMemory {
  private readonly accounts = new Map<string, Mark[]>();

  constructor(private readonly maxAccounts = MAX_ACCOUNTS_REMEMBERED) {}

  /** Adds a mark and returns all that are remembered of the account now. */
  remember(accountId: string, mark: Mark): readonly Mark[] {
    const marks = mergedMarks(this.accounts.get(accountId) ?? [], [mark]);
    this.touch(accountId, marks);
    const [oldest] = this.accounts.keys();
    if (this.accounts.size > this.maxAccounts && oldest !== undefined) this.accounts.delete(oldest);
    return marks;
  }

  of(accountId: string): readonly Mark[] {
    const marks = this.accounts.get(accountId);
    if (marks === undefined) return [];
    this.touch(accountId, marks);
    return marks;
  }

  get size(): number {
    return this.accounts.size;
  }

  private touch(accountId: string, marks: Mark[]): void {
    this.accounts.delete(accountId);
    this.accounts.set(accountId, marks);
  }
}
