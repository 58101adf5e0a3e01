/** Which orders changed last, so that who has seen an earlier version of the view need not read all of it again. */

export const MAX_CHANGES = 32;

export interface Changes {
  /** Each order once, the newest change last, with the version of the view that it made. */
  orders: { number: string; version: number }[];
  /** Changes of this version and of those before it may be forgotten. */
  forgotten_to: number;
}

export const noChanges: Changes = { orders: [], forgotten_to: 0 };

export function withChange(changes: Changes, number: string, version: number): Changes {
  const orders = [...changes.orders.filter((change) => change.number !== number), { number, version }];
  const [oldest] = orders;
  if (orders.length <= MAX_CHANGES || !oldest) return { ...changes, orders };
  return { orders: orders.slice(1), forgotten_to: oldest.version };
}

/**
 * The orders that changed after version `since`, the newest change last.
 * @returns undefined when that is not known any more, or when the view has never had that version
 */
export function changedSince(
  view: { version: number; changes: Changes },
  since: number,
): string[] | undefined {
  const { forgotten_to, orders } = view.changes;
  if (since < forgotten_to || since > view.version) return undefined;
  return orders.filter(({ version }) => version > since).map(({ number }) => number);
}
