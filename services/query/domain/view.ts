import type { LedgerEntry } from '../../shared/events/schemas';
import { noChanges, withChange, type Changes } from './changes';
import type { Index } from './order-index';

/** The bounded head of an account's view; everything that grows is in pages. */
export interface View {
  /** Counts the changes. */
  version: number;
  orders: Index;
  /** Which orders changed last. */
  changes: Changes;
  /** The highest number of an entry in the view; some below it may be on their way. */
  last_seq: number;
  last_withdrawal_seq: number;
  /** As of the entry `last_seq`. Never summed up: entries may come in any order. */
  balance_minor: number;
  withdrawn_minor: number;
}

export const emptyView: View = {
  version: 0,
  orders: { root: null, next_page: 0 },
  changes: noChanges,
  last_seq: 0,
  last_withdrawal_seq: 0,
  balance_minor: 0,
  withdrawn_minor: 0,
};

/** The next version of a view, in which an order looks different. */
export function withChangedOrder(view: View, number: string): View {
  const version = view.version + 1;
  return { ...view, version, changes: withChange(view.changes, number, version) };
}

/** The next version of a view, with the entry's totals. */
export function withTotals(view: View, entry: LedgerEntry): View {
  const { balance_minor, withdrawn_minor } = entry.seq > view.last_seq ? entry : view;
  return {
    ...view,
    version: view.version + 1,
    last_seq: Math.max(view.last_seq, entry.seq),
    last_withdrawal_seq: Math.max(view.last_withdrawal_seq, entry.withdrawal_seq ?? 0),
    balance_minor,
    withdrawn_minor,
  };
}
