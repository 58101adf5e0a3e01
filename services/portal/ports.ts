import type { Outcome } from '../shared/refusal';

/** What the public API needs of the rest of the world. Amounts are minor units, times RFC 3339. */

/** A write that the read model must show: an order at a version, or the ledger entry with a number. */
export type Mark = { readonly order: string; readonly version: number } | { readonly entry: number };

/** A customer's credentials as they are kept. */
export interface LoginRecord {
  accountId: string;
  passwordHash: string;
  createdAt: string;
}

export interface Logins {
  /** @throws Unavailable */
  find(login: string): Promise<LoginRecord | undefined>;
  /**
   * Keeps a record under a login that nobody holds yet; of many at once exactly one wins.
   * @returns false when the login is held by another account @throws Unavailable
   */
  claim(login: string, record: LoginRecord): Promise<boolean>;
}

export interface Withdrawal {
  accountId: string;
  orderNumber: string;
  amountMinor: number;
  /** The same id is booked once, however often it is sent. */
  operationId: string;
}

export interface Billing {
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
  marks: readonly Mark[];
}

export interface Query {
  /** @throws Unavailable */
  listOrders(request: PageRequest): Promise<Page<OrderView>>;
  /** @throws Unavailable */
  listWithdrawals(request: PageRequest): Promise<Page<WithdrawalView>>;
  /** @throws Unavailable */
  balance(
    accountId: string,
    marks: readonly Mark[],
  ): Promise<{ currentMinor: number; withdrawnMinor: number; lagging: boolean }>;
}

/** Invented purchases, for demonstrations. */
export interface Purchases {
  /** @returns the number of an order just paid for @throws Unavailable */
  newOrderNumber(): Promise<string>;
}

/** Names what keeps the portal from serving; nothing when it serves. */
export type Readiness = () => Promise<string[]>;

/** Something that the portal depends on does not answer. The customer may try again a little later. */
export class Unavailable extends Error {
  constructor(
    readonly dependency: string,
    cause?: unknown,
  ) {
    super(`${dependency} does not answer`, { cause });
  }
}
