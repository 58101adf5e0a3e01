import { createHash } from 'node:crypto';
import { z } from 'zod';
import { defineActor, type CommandSpec, type Decision, type Turn } from '../../shared/dapr/actor';
import type { Actors } from '../../shared/dapr/client';
import { newEvent } from '../../shared/events/catalogue';
import { ledgerEntry } from '../../shared/events/schemas';
import { orderNumber } from '../../shared/order-number';
import { refuse, type Outcome } from '../../shared/refusal';
import {
  book,
  emptyAccount,
  publicEntry,
  type Account,
  type Booked,
  type BookedEntry,
  type Posting,
  type Receipt,
} from '../domain/ledger';

const total = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const bookedEntry: z.ZodType<BookedEntry> = ledgerEntry.extend({
  counter_account: z.enum(['accruals', 'redemptions']),
});
const state: z.ZodType<Account> = z.object({
  seq: total,
  withdrawal_seq: total,
  balance_minor: total,
  withdrawn_minor: total,
  booked_at: z.iso.datetime().nullable(),
  tail: z.array(bookedEntry),
});
const receipt: z.ZodType<Receipt> = z.object({
  entry_id: z.string(),
  fingerprint: z.string(),
  seq: total,
  balance_minor: total,
  withdrawn_minor: total,
});

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
/** The id is hashed, since a client's text may be in it and keys are ours alone. */
export const entryKey = (entryId: string): string => `entry/${sha256(entryId)}`;
export const pageKey = (page: number): string => `page/${page}`;

const credit = z.object({ order_number: orderNumber, accrual_minor: z.number() });
const withdrawal = z.object({
  operation_id: z.string().min(1).max(128),
  order_number: orderNumber,
  amount_minor: z.number(),
});
export type Credit = z.infer<typeof credit>;
export type Withdrawal = z.infer<typeof withdrawal>;

const accrualId = (asked: Credit): string => `accrual:${asked.order_number}`;
const withdrawalId = (asked: Withdrawal): string => `withdrawal:${asked.operation_id}`;

export type Posted = Outcome<Omit<Receipt, 'fingerprint'> & { replayed: boolean }>;

/** Refuses with invalid_amount, and with operation_reused when the order was credited with another accrual. */
const creditCommand: CommandSpec<Account, Credit, Posted> = {
  startedBy: 'message',
  input: credit,
  documents: (asked) => [entryKey(accrualId(asked))],
  decide: (turn, asked) =>
    post(turn, {
      entry_id: accrualId(asked),
      kind: 'accrual',
      order_number: asked.order_number,
      amount_minor: asked.accrual_minor,
    }),
};

/** Refuses with insufficient_points, invalid_amount, and operation_reused when the body differs from the first. */
const withdrawCommand: CommandSpec<Account, Withdrawal, Posted> = {
  startedBy: 'request',
  input: withdrawal,
  documents: (asked) => [entryKey(withdrawalId(asked))],
  decide: (turn, asked) =>
    post(turn, {
      entry_id: withdrawalId(asked),
      kind: 'withdrawal',
      order_number: asked.order_number,
      amount_minor: asked.amount_minor,
    }),
};

function post(
  turn: Turn<Account>,
  asked: Omit<Posting, 'account_id' | 'fingerprint'>,
): Decision<Account, Posted> {
  const { kind, order_number, amount_minor, entry_id } = asked;
  const fingerprint = sha256(JSON.stringify([kind, order_number, amount_minor]));
  const posting = { ...asked, account_id: turn.id, fingerprint };
  const earlier = turn.documents.get(entryKey(entry_id), receipt);
  const booked = book(turn.state ?? emptyAccount, posting, earlier, turn.nowMs);
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

const posted = ({ fingerprint: _, ...result }: Receipt, replayed: boolean): Posted => ({
  ok: true,
  ...result,
  replayed,
});

const commands = { credit: creditCommand, withdraw: withdrawCommand };

/** Accounts by their id: the points ledger. */
export type Accounts = Actors<typeof commands>;

export const accountActor = defineActor<Account, typeof commands>({ type: 'Account', state, commands });
