import type { OrderSnapshot } from '../../shared/events/schemas';

/** What the view knows of one order. */
export interface OrderDocument {
  /** Its newest known state; null when only its credit has come. */
  snapshot: OrderSnapshot | null;
  /** Whether the ledger's entry for its accrual is in the view. */
  credited: boolean;
}

/** @returns undefined when the snapshot tells nothing new */
export function withSnapshot(
  known: OrderDocument | undefined,
  snapshot: OrderSnapshot,
): OrderDocument | undefined {
  if (known?.snapshot && known.snapshot.version >= snapshot.version) return undefined;
  return { snapshot, credited: known?.credited ?? false };
}

export function withCredit(known: OrderDocument | undefined): OrderDocument {
  return { snapshot: known?.snapshot ?? null, credited: true };
}

/** The order as its customer sees it: whoever sees PROCESSED sees the points in the balance, too. */
export function visibleOrder({ snapshot, credited }: OrderDocument): OrderSnapshot | undefined {
  if (!snapshot) return undefined;
  const awaitsCredit = snapshot.status === 'PROCESSED' && (snapshot.accrual_minor ?? 0) > 0 && !credited;
  if (!awaitsCredit) return snapshot;
  const history = snapshot.history.filter(({ status }) => status !== 'PROCESSED');
  return { ...snapshot, status: 'PROCESSING', accrual_minor: null, history };
}
