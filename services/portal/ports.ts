import type { Outcome } from '../shared/refusal';

/** What the public API needs of the rest of the world. Amounts are minor units, times RFC 3339. */

/** A write that the read model must show: an order at a version, or the ledger entry with a number. */
export type Mark = { readonly order: string; readonly version: number } | { readonly entry: number };

/** A customer's credentials as they are kept. */
export interface LoginRecord {
  accountId: string;
  passwordHash: string;
  createdAt: string;
  /** A token of another generation is no longer good; a changed password starts the next one. */
  generation: number;
  /** Tokens of this generation whose customers have logged out, as long as they would be good. */
  ended: EndedToken[];
}

export interface EndedToken {
  tokenId: string;
  expiresAtMs: number;
}

/** Logins by their key (login-key.ts): what customers type is not kept. */
export interface Logins {
  /** @throws Unavailable */
  find(loginKey: string): Promise<LoginRecord | undefined>;
  /**
   * Keeps a record under a login that nobody holds yet; of many at once exactly one wins.
   * @returns false when the login is held by another account @throws Unavailable
   */
  claim(loginKey: string, record: LoginRecord): Promise<boolean>;
  /**
   * Replaces a record. Changes at the same time come one after the other, none is lost.
   * @param decide what to keep instead, from what is kept now; the same object to leave it, undefined to refuse.
   * It may be asked several times, also about a record that it has made itself.
   * @returns what is kept then; undefined when refused or when there is no such login @throws Unavailable
   */
  change(
    loginKey: string,
    decide: (kept: LoginRecord) => LoginRecord | undefined,
  ): Promise<LoginRecord | undefined>;
}

export interface Withdrawal {
  accountId: string;
  orderNumber: string;
  amountMinor: number;
  /** The same id is booked once, however often it is sent. */
  operationId: string;
}

export interface Billing {
  /** Enters an account into billing's register; again, it changes nothing. @throws Unavailable */
  openAccount(accountId: string): Promise<void>;
  /** Refuses with order_of_another, invalid_order_number. @throws Unavailable */
  createOrder(
    accountId: string,
    number: string,
    operationId: string,
  ): Promise<Outcome<{ created: boolean; mark: Mark }>>;
  /**
   * Refuses with insufficient_points, invalid_order_number, invalid_amount, operation_reused.
   * `replayed`: an earlier request of the customer had booked this operation. @throws Unavailable
   */
  withdraw(withdrawal: Withdrawal): Promise<Outcome<{ replayed: boolean; mark: Mark }>>;
}

export interface OrderView {
  number: string;
  status: string;
  /** Only of a processed order. */
  accrualMinor?: number;
  uploadedAt: string;
}

/** A step of an order's life: what it became, when (RFC 3339), and what made it so. */
export interface MoveView {
  status: string;
  at: string;
  cause: string;
}

/** An entry of the ledger; what takes points has a negative amount. */
export interface EntryView {
  seq: number;
  kind: string;
  /** Empty for an entry that belongs to no order. */
  orderNumber: string;
  amountMinor: number;
  /** After this entry. */
  balanceMinor: number;
  /** What of the balance is set aside by open holds. */
  heldMinor: number;
  processedAt: string;
}

export interface WithdrawalView {
  orderNumber: string;
  amountMinor: number;
  processedAt: string;
}

/** One page of a list, newest first. */
export interface Page<T> {
  items: T[];
  /** Empty after the last page. */
  nextCursor: string;
  /** True when the view did not show all marks in time. */
  lagging: boolean;
}

export interface PageRequest {
  accountId: string;
  /** Empty for the first page. */
  cursor: string;
  /** 1-500. */
  limit: number;
  marks: readonly Mark[];
}

export interface Query {
  /** @throws Problem invalid_cursor, Unavailable */
  listOrders(request: PageRequest): Promise<Page<OrderView>>;
  /** `history`: the oldest move first. @throws Problem order_not_found, also for an order of another account; Unavailable */
  order(
    accountId: string,
    number: string,
    marks: readonly Mark[],
  ): Promise<{ order: OrderView; history: MoveView[]; lagging: boolean }>;
  /** @throws Problem invalid_cursor, Unavailable */
  listWithdrawals(request: PageRequest): Promise<Page<WithdrawalView>>;
  /** @throws Problem invalid_cursor, Unavailable */
  listEntries(request: PageRequest): Promise<Page<EntryView>>;
  /** @throws Unavailable */
  balance(
    accountId: string,
    marks: readonly Mark[],
  ): Promise<{ currentMinor: number; withdrawnMinor: number; lagging: boolean }>;
}

/** What has changed in an account since a version of its view. */
export interface ChangesView {
  version: number;
  /** More has changed than the orders tell. */
  reset: boolean;
  /** Those that changed, as they are now; the newest change last. */
  orders: OrderView[];
  currentMinor: number;
  withdrawnMinor: number;
}

export interface Changes {
  /**
   * Answers when the account's view has another version, or after some seconds without changes.
   * @param version the one that is known; 0 for none @throws Unavailable
   */
  since(accountId: string, version: number): Promise<ChangesView>;
}

/** Invented purchases, for demonstrations. */
export interface Purchases {
  /** @returns the number of an order just paid for @throws Unavailable */
  newOrderNumber(): Promise<string>;
}

/** What the portal needs to serve. */
export type Readiness = () => Promise<{
  /** Names what keeps the portal from serving; empty when it serves. */
  notReady: string[];
  breakers: Record<string, BreakerState>;
}>;

/** Of a circuit breaker: closed lets calls pass, open refuses them, half-open tries with one. */
export type BreakerState = 'closed' | 'half-open' | 'open';

/** Something that the portal depends on does not answer. The customer may try again a little later. */
export class Unavailable extends Error {
  constructor(
    readonly dependency: string,
    cause?: unknown,
  ) {
    super(`${dependency} does not answer`, { cause });
  }
}
