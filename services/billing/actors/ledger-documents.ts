import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Decision, Turn } from '../../shared/dapr/actor';
import { newEvent } from '../../shared/events/catalogue';
import { entryHash, entryKind, ledgerEntry } from '../../shared/events/schemas';
import { refuse, type Outcome } from '../../shared/refusal';
import { counterAccounts, publicEntry, type BookedEntry, type Receipt } from '../domain/entry';
import type { OpenHold } from '../domain/holds';
import { book, emptyAccount, type Account, type Booked } from '../domain/ledger';
import type { Posting } from '../domain/postings';

/** What Account keeps: its head, a receipt for every entry id, and the full pages of its ledger. */

const total = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const counterAccount = z.enum(counterAccounts);
const bookedEntry: z.ZodType<BookedEntry> = ledgerEntry.extend({
  counter_account: counterAccount,
  previous_hash: entryHash,
});
const openHold: z.ZodType<OpenHold> = z.object({
  entry_id: z.string(),
  order_number: z.string().nullable(),
  amount_minor: total,
  expires_at: z.iso.datetime(),
});
export const accountSchema: z.ZodType<Account> = z.object({
  opened: z.boolean(),
  seq: total,
  withdrawal_seq: total,
  balance_minor: total,
  held_minor: total,
  withdrawn_minor: total,
  booked_at: z.iso.datetime().nullable(),
  hash: entryHash,
  holds: z.array(openHold),
  tail: z.array(bookedEntry),
});
const receiptSchema: z.ZodType<Receipt> = z.object({
  entry_id: z.string(),
  fingerprint: z.string(),
  kind: entryKind,
  counter_account: counterAccount,
  order_number: z.string().nullable(),
  amount_minor: z.number().int(),
  held_change_minor: z.number().int(),
  seq: total,
  balance_minor: total,
  held_minor: total,
  withdrawn_minor: total,
});

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
/** The id is hashed, since a client's text may be in it and keys are ours alone. */
export const entryKey = (entryId: string): string => `entry/${sha256(entryId)}`;
export const pageKey = (page: number): string => `page/${page}`;

export const receiptIn = ({ documents }: Turn<Account>, entryId: string): Receipt | undefined =>
  documents.get(entryKey(entryId), receiptSchema);

/** The entry that a command has booked, with the totals after it. */
export type Posted = Outcome<
  Pick<Receipt, 'entry_id' | 'seq' | 'balance_minor' | 'held_minor' | 'withdrawn_minor'> & {
    /** The same id had been booked before: this is its first result. */
    replayed: boolean;
  }
>;

/** Books a posting, or answers as it was answered before. The receipt of its id must have been read. */
export function post(turn: Turn<Account>, posting: Posting): Decision<Account, Posted> {
  const booking = { account_id: turn.id, nowMs: turn.nowMs, hash: sha256 };
  const earlier = receiptIn(turn, posting.entry_id);
  const booked = book(turn.state ?? emptyAccount, posting, earlier, booking);
  switch (booked.result) {
    case 'booked':
      return commit(booked);
    case 'replayed':
      return { reply: posted(booked.receipt, true) };
    case 'operation_reused':
    case 'invalid_amount':
    case 'insufficient_points':
      return { reply: refuse(booked.result) };
  }
}

/** Entries and pages never change, so they are inserts: the store itself refuses to book an id again. */
function commit({
  account,
  entry,
  receipt,
  sealed,
}: Extract<Booked, { result: 'booked' }>): Decision<Account, Posted> {
  return {
    reply: posted(receipt, false),
    state: account,
    inserts: {
      [entryKey(entry.id)]: receipt,
      ...(sealed && { [pageKey(sealed.page)]: { entries: sealed.entries } }),
    },
    events: [newEvent('transaction_processed', publicEntry(entry), entry.processed_at)],
  };
}

const posted = (
  { entry_id, seq, balance_minor, held_minor, withdrawn_minor }: Receipt,
  replayed: boolean,
): Posted => ({ ok: true, entry_id, seq, balance_minor, held_minor, withdrawn_minor, replayed });
