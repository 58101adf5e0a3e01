import type { Receipt } from './entry';
import type { Posting } from './postings';

/**
 * Points set aside for an order until it is known whether it takes them: authorised, then captured or released.
 * Who does neither in time loses the hold.
 */
export interface Hold {
  /** Of the entry that set the points aside. */
  entry_id: string;
  order_number: string | null;
  amount_minor: number;
}

export interface OpenHold extends Hold {
  /** RFC 3339. */
  expires_at: string;
}

/** Of one account at a time: they stand in its head. */
export const MAX_OPEN_HOLDS = 32;
export const MAX_HOLD_MS = 30 * 24 * 3_600_000;

export interface Authorisation {
  operation_id: string;
  order_number: string;
  amount_minor: number;
  /** From now on; 1 to MAX_HOLD_MS. */
  held_for_ms: number;
}

export const holdId = (operation: string): string => `hold:${operation}`;
/** Made from the hold's id, so that it is captured or released once. */
export const captureId = (hold: string): string => `capture:${hold}`;
export const releaseId = (hold: string): string => `release:${hold}`;

export function authorisation(asked: Authorisation, nowMs: number): Posting {
  const { order_number, amount_minor } = asked;
  const entry_id = holdId(asked.operation_id);
  const expires_at = new Date(nowMs + asked.held_for_ms).toISOString();
  return {
    entry_id,
    kind: 'hold',
    counter_account: 'holds',
    order_number,
    cause: 'asked by the customer',
    refers_to: null,
    amount_minor,
    balance: 0,
    withdrawn: 0,
    held_change_minor: amount_minor,
    opens: { entry_id, order_number, amount_minor, expires_at },
  };
}

/** A hold, open or not, by what was kept of its entry. */
export const holdOf = ({ entry_id, order_number, held_change_minor }: Receipt): Hold => ({
  entry_id,
  order_number,
  amount_minor: held_change_minor,
});

export const isOpen = (holds: readonly OpenHold[], hold: Hold, nowMs: number): boolean =>
  holds.some(({ entry_id, expires_at }) => entry_id === hold.entry_id && Date.parse(expires_at) > nowMs);

/** A withdrawal of what was held, or of a part of it; the rest is free again. */
export const capture = (hold: Hold, amount_minor: number): Posting => ({
  entry_id: captureId(hold.entry_id),
  kind: 'withdrawal',
  counter_account: 'redemptions',
  order_number: hold.order_number,
  cause: 'captured',
  refers_to: hold.entry_id,
  amount_minor,
  balance: -1,
  withdrawn: 1,
  held_change_minor: -hold.amount_minor,
});

export const release = (hold: Hold, cause: 'voided' | 'expired'): Posting => ({
  entry_id: releaseId(hold.entry_id),
  kind: 'release',
  counter_account: 'holds',
  order_number: hold.order_number,
  cause,
  refers_to: hold.entry_id,
  amount_minor: hold.amount_minor,
  balance: 0,
  withdrawn: 0,
  held_change_minor: -hold.amount_minor,
});

/** The open hold whose time is over, the one that ended first. */
export function expiredHold(holds: readonly OpenHold[], nowMs: number): OpenHold | undefined {
  const [first] = byExpiry(holds);
  return first && Date.parse(first.expires_at) <= nowMs ? first : undefined;
}

/** @returns milliseconds until the next hold expires, at least 1; undefined when none is open */
export function nextExpiryMs(holds: readonly OpenHold[], nowMs: number): number | undefined {
  const [first] = byExpiry(holds);
  return first && Math.max(1, Date.parse(first.expires_at) - nowMs);
}

const byExpiry = (holds: readonly OpenHold[]): OpenHold[] =>
  [...holds].sort((left, right) => Date.parse(left.expires_at) - Date.parse(right.expires_at));
