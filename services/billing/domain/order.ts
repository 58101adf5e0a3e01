import type { OrderSnapshot, OrderStatus } from '../../shared/events/schemas';

/** An uploaded order from its registration to its end. */
export interface Order {
  /** Its public state, as every event about it carries it. */
  snapshot: OrderSnapshot;
  /** Of the request that registered it: the same request again is answered as the first time. */
  operation_id: string;
  /** How often the watchdog has announced it again. */
  announced: number;
  /** Final answers of the calculator that contradict the one the order ended with. */
  contradictions: number;
}

/** What the calculator has said about an order. */
export type Accrual =
  | { name: 'accrual_started' }
  | { name: 'accrual_finished'; accrual_minor: number }
  | { name: 'accrual_failed'; reason: string };

type Move = OrderStatus | 'ignored' | 'compared';

/**
 * The order's whole life. `ignored` changes nothing; `compared` neither, but what contradicts the order's end
 * is counted.
 */
export const transitions: Record<OrderStatus, Record<Accrual['name'], Move>> = {
  NEW: { accrual_started: 'PROCESSING', accrual_finished: 'PROCESSED', accrual_failed: 'INVALID' },
  PROCESSING: { accrual_started: 'ignored', accrual_finished: 'PROCESSED', accrual_failed: 'INVALID' },
  PROCESSED: { accrual_started: 'ignored', accrual_finished: 'compared', accrual_failed: 'compared' },
  INVALID: { accrual_started: 'ignored', accrual_finished: 'compared', accrual_failed: 'compared' },
};

export interface Registration {
  number: string;
  account_id: string;
  operation_id: string;
}

export type Registered =
  | { result: 'created' | 'known'; order: Order }
  /** The same request had created it before. */
  | { result: 'repeated'; order: Order }
  | { result: 'of_another' };

/** The first account wins (Practicum spec, POST /api/user/orders). */
export function register(order: Order | undefined, asked: Registration, nowMs: number): Registered {
  if (!order) return { result: 'created', order: newOrder(asked, new Date(nowMs).toISOString()) };
  if (order.snapshot.account_id !== asked.account_id) return { result: 'of_another' };
  return { result: order.operation_id === asked.operation_id ? 'repeated' : 'known', order };
}

function newOrder({ number, account_id, operation_id }: Registration, at: string): Order {
  const snapshot: OrderSnapshot = {
    number,
    account_id,
    status: 'NEW',
    accrual_minor: null,
    version: 1,
    uploaded_at: at,
    updated_at: at,
    reason: null,
    history: [{ status: 'NEW', at, cause: 'uploaded' }],
  };
  return { snapshot, operation_id, announced: 0, contradictions: 0 };
}

export type Applied = { result: 'moved' | 'contradicted'; order: Order } | { result: 'ignored' };

/** Moves an order by what the calculator has said. Its time never runs backwards, whatever the clock does. */
export function applyAccrual(order: Order, accrual: Accrual, nowMs: number): Applied {
  const { snapshot } = order;
  const move = transitions[snapshot.status][accrual.name];
  if (move === 'ignored') return { result: 'ignored' };
  if (move === 'compared') {
    if (!contradicts(snapshot, accrual)) return { result: 'ignored' };
    return { result: 'contradicted', order: { ...order, contradictions: order.contradictions + 1 } };
  }
  const at = new Date(Math.max(nowMs, Date.parse(snapshot.updated_at))).toISOString();
  const moved: OrderSnapshot = {
    ...snapshot,
    status: move,
    accrual_minor: accrual.name === 'accrual_finished' ? accrual.accrual_minor : null,
    reason: accrual.name === 'accrual_failed' ? accrual.reason : null,
    version: snapshot.version + 1,
    updated_at: at,
    history: [...snapshot.history, { status: move, at, cause: accrual.name }],
  };
  return { result: 'moved', order: { ...order, snapshot: moved } };
}

function contradicts(end: OrderSnapshot, accrual: Accrual): boolean {
  if (accrual.name === 'accrual_failed') return end.status !== 'INVALID';
  return accrual.name === 'accrual_finished' && accrual.accrual_minor !== end.accrual_minor;
}

export function isFinal({ status }: OrderSnapshot): boolean {
  return status === 'PROCESSED' || status === 'INVALID';
}

/** The order as it was when it was registered: announced again, it is the same event to the byte. */
export function originalOf({ snapshot }: Order): OrderSnapshot {
  const { number, account_id, uploaded_at } = snapshot;
  return newOrder({ number, account_id, operation_id: '' }, uploaded_at).snapshot;
}

/** However long an order waits, it is announced again at least this often. */
export const WATCHDOG_LONGEST_MS = 600_000;

/** @returns milliseconds until the order is looked at again, doubled with each announcement */
export function watchdogDelayMs(announced: number, firstMs: number): number {
  return Math.min(WATCHDOG_LONGEST_MS, firstMs * 2 ** announced);
}
