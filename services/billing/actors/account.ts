import { z } from 'zod';
import {
  defineActor,
  type CommandSpec,
  type Decision,
  type ReminderSpec,
  type Turn,
} from '../../shared/dapr/actor';
import type { Actors } from '../../shared/dapr/client';
import { orderNumber } from '../../shared/order-number';
import { refuse } from '../../shared/refusal';
import {
  authorisation,
  capture,
  captureId,
  expiredHold,
  holdId,
  holdOf,
  isOpen,
  MAX_HOLD_MS,
  MAX_OPEN_HOLDS,
  nextExpiryMs,
  release,
  releaseId,
  type Authorisation,
  type Hold,
} from '../domain/holds';
import { emptyAccount, type Account } from '../domain/ledger';
import {
  accrual,
  accrualId,
  adjustment,
  adjustmentId,
  reversal,
  reversalId,
  withdrawal,
  withdrawalId,
  type Adjustment,
  type Credit,
  type Posting,
  type Withdrawal,
} from '../domain/postings';
import { accountSchema, entryKey, post, receiptIn, type Posted } from './ledger-documents';

/** Committed entries of a request whose process died are told after so long at the latest. */
const SAFETY_MS = 30_000;

const operationId = z.string().min(1).max(128);
const reason = z.string().min(1).max(200);
const creditInput: z.ZodType<Credit> = z.object({
  order_number: orderNumber,
  accrual_minor: z.number(),
  cause: reason,
});
const withdrawalInput: z.ZodType<Withdrawal> = z.object({
  operation_id: operationId,
  order_number: orderNumber,
  amount_minor: z.number(),
});
const adjustmentInput: z.ZodType<Adjustment> = z.object({
  operation_id: operationId,
  amount_minor: z.number(),
  reason,
});
const reversalInput = z.object({ entry_id: z.string().min(1).max(150), reason });
const authorisationInput: z.ZodType<Authorisation> = z.object({
  operation_id: operationId,
  order_number: orderNumber,
  amount_minor: z.number(),
  held_for_ms: z.number().int().min(1).max(MAX_HOLD_MS),
});
/** `operation_id` is the authorisation's. */
const captureInput = z.object({ operation_id: operationId, amount_minor: z.number() });
const releaseInput = z.object({ operation_id: operationId });

/** Refuses with invalid_amount, and with operation_reused when the order was credited with another accrual. */
const credit: CommandSpec<Account, Credit, Posted> = {
  startedBy: 'message',
  input: creditInput,
  documents: ({ order_number }) => [entryKey(accrualId(order_number))],
  decide: (turn, asked) => post(turn, accrual(asked)),
};

/** A command of a request. Its safety reminder has taken the place of the one that ends the holds: here it is set again. */
function request<I>(
  input: z.ZodType<I>,
  ids: (asked: I) => string[],
  decide: (turn: Turn<Account>, asked: I) => Decision<Account, Posted>,
): CommandSpec<Account, I, Posted> {
  return {
    startedBy: 'request',
    input,
    documents: (asked) => ids(asked).map(entryKey),
    decide: (turn, asked) => {
      const decision = decide(turn, asked);
      const nextMs = nextExpiryMs((decision.state ?? turn.state)?.holds ?? [], turn.nowMs);
      if (nextMs === undefined) return decision;
      return { ...decision, remind: { expiry: Math.min(SAFETY_MS, nextMs) } };
    },
  };
}

/** Refuses with insufficient_points, invalid_amount, and operation_reused when the body differs from the first. */
const withdraw = request(
  withdrawalInput,
  ({ operation_id }) => [withdrawalId(operation_id)],
  (turn, asked) => post(turn, withdrawal(asked)),
);

/** Moves points by hand, with a reason. Refuses as a withdrawal does. */
const adjust = request(
  adjustmentInput,
  ({ operation_id }) => [adjustmentId(operation_id)],
  (turn, asked) => post(turn, adjustment(asked)),
);

/** Refuses with entry_not_found, not_reversible, and insufficient_points when the points were spent meanwhile. */
const reverse = request(
  reversalInput,
  ({ entry_id }) => [entry_id, reversalId(entry_id)],
  (turn, asked) => {
    const reversed = receiptIn(turn, asked.entry_id);
    if (!reversed) return { reply: refuse('entry_not_found') };
    const posting = reversal(reversed, asked.reason);
    return posting ? post(turn, posting) : { reply: refuse('not_reversible') };
  },
);

/** Sets points aside. Refuses as a withdrawal does, and with too_many_holds. */
const authorise = request(
  authorisationInput,
  ({ operation_id }) => [holdId(operation_id)],
  (turn, asked) => {
    const full = (turn.state?.holds.length ?? 0) >= MAX_OPEN_HOLDS;
    const known = receiptIn(turn, holdId(asked.operation_id)) !== undefined;
    if (full && !known) return { reply: refuse('too_many_holds') };
    return post(turn, authorisation(asked, turn.nowMs));
  },
);

/** Refuses with hold_not_found, hold_ended, and invalid_amount for more than was held. */
const captureHold = request(
  captureInput,
  ({ operation_id }) => [holdId(operation_id), captureId(holdId(operation_id))],
  (turn, { operation_id, amount_minor }) =>
    endHold(turn, holdId(operation_id), captureId, (hold) =>
      amount_minor > hold.amount_minor ? 'invalid_amount' : capture(hold, amount_minor),
    ),
);

/** Refuses with hold_not_found, hold_ended. */
const voidHold = request(
  releaseInput,
  ({ operation_id }) => [holdId(operation_id), releaseId(holdId(operation_id))],
  (turn, { operation_id }) =>
    endHold(turn, holdId(operation_id), releaseId, (hold) => release(hold, 'voided')),
);

function endHold(
  turn: Turn<Account>,
  id: string,
  endId: (hold: string) => string,
  ending: (hold: Hold) => Posting | 'invalid_amount',
): Decision<Account, Posted> {
  const receipt = receiptIn(turn, id);
  if (!receipt) return { reply: refuse('hold_not_found') };
  const hold = holdOf(receipt);
  const known = receiptIn(turn, endId(id)) !== undefined;
  if (!known && !isOpen(turn.state?.holds ?? [], hold, turn.nowMs)) return { reply: refuse('hold_ended') };
  const posting = ending(hold);
  return posting === 'invalid_amount' ? { reply: refuse(posting) } : post(turn, posting);
}

/** Releases the hold whose time is over, one a turn; it is the accounts' safety reminder as well. */
const expiry: ReminderSpec<Account, void> = {
  more: ({ state }) => (state?.holds ?? []).map(({ entry_id }) => entryKey(releaseId(entry_id))),
  decide: (turn) => {
    const holds = turn.state?.holds ?? [];
    const hold = expiredHold(holds, turn.nowMs);
    const released = hold && post(turn, release(hold, 'expired'));
    const nextMs = nextExpiryMs(released?.state?.holds ?? holds, turn.nowMs);
    return { ...released, reply: undefined, ...(nextMs !== undefined && { remind: { expiry: nextMs } }) };
  },
};

const nothing = z.object({});

/** Whether the account is open, and so in the register. */
const isOpened: CommandSpec<Account, object, boolean> = {
  startedBy: 'read',
  input: nothing,
  decide: ({ state }) => ({ reply: state?.opened ?? false }),
};

/** To be called when the register names the account. It tells nobody, so that there is no relay to drive. */
const open: CommandSpec<Account, object, 'opened' | 'known'> = {
  startedBy: 'message',
  input: nothing,
  decide: ({ state = emptyAccount }) =>
    state.opened ? { reply: 'known' } : { reply: 'opened', state: { ...state, opened: true } },
};

const commands = { isOpened, open, credit, withdraw, adjust, reverse, authorise, captureHold, voidHold };

/** Accounts by their id: the points ledger. */
export type Accounts = Actors<typeof commands>;

export const accountActor = defineActor<Account, typeof commands>({
  type: 'Account',
  state: accountSchema,
  commands,
  reminders: { expiry },
  safetyReminder: { name: 'expiry', dueMs: SAFETY_MS },
});
