import { byId, element, formatPoints, formatSigned, timeElement } from './dom.js';
import { Listing } from './listing.js';

/** @typedef {'NEW' | 'PROCESSING' | 'PROCESSED' | 'INVALID'} Status */
/** @typedef {{ number: string, status: Status, accrual?: number, uploaded_at: string }} Order */
/** @typedef {{ seq: number, kind: string, order: string, amount: number, balance: number, processed_at: string }} Entry */
/** @typedef {{ order: string, sum: number, processed_at: string }} Withdrawal */

const FIRST_ROWS = 8;
const MORE_ROWS = 25;

/** @type {Record<Status, string>} */
export const statusWords = {
  NEW: 'New',
  PROCESSING: 'In progress',
  PROCESSED: 'Processed',
  INVALID: 'No points',
};

/**
 * A table of the page over a listing of the API.
 * @template {object} T
 */
class Table {
  #shown = FIRST_ROWS;
  /** @type {Map<string, { text: string, row: HTMLElement }>} */
  #drawn = new Map();

  /**
   * @param {string} id
   * @param {Listing<T>} listing
   * @param {(row: T) => (Node | string)[]} cellsOf
   * @param {(error: unknown) => void} onError
   */
  constructor(id, listing, cellsOf, onError) {
    this.listing = listing;
    this.cellsOf = cellsOf;
    this.table = byId(id, HTMLTableElement);
    this.body = /** @type {HTMLTableSectionElement} */ (this.table.tBodies[0]);
    this.empty = byId(`${id}-empty`, HTMLElement);
    this.more = byId(`${id}-more`, HTMLButtonElement);
    this.more.addEventListener('click', () => this.#showMore().catch(onError));
  }

  /** Draws what the listing knows; rows that look different from before are marked. */
  draw() {
    const all = this.listing.rows;
    const first = this.#drawn.size === 0;
    /** @type {Map<string, { text: string, row: HTMLElement }>} */
    const drawn = new Map();
    for (const one of all.slice(0, this.#shown)) {
      const key = this.listing.keyOf(one);
      const text = JSON.stringify(one);
      const before = this.#drawn.get(key);
      drawn.set(key, before?.text === text ? before : { text, row: this.#rowOf(one, first) });
    }
    this.#drawn = drawn;
    this.#place([...drawn.values()].map(({ row }) => row));
    this.table.hidden = all.length === 0;
    this.empty.hidden = all.length > 0;
    this.more.hidden = all.length <= this.#shown && !this.listing.hasOlder;
  }

  /**
   * Puts rows where they belong, and touches no others: one that is taken out and in again would be marked again.
   * @param {HTMLElement[]} rows
   */
  #place(rows) {
    const wanted = new Set(rows);
    for (const row of [...this.body.rows]) if (!wanted.has(row)) row.remove();
    rows.forEach((row, at) => {
      const there = this.body.rows[at];
      if (there !== row) this.body.insertBefore(row, there ?? null);
    });
  }

  clear() {
    this.#shown = FIRST_ROWS;
    this.#drawn.clear();
    this.listing.clear();
    this.draw();
  }

  async #showMore() {
    this.#shown += MORE_ROWS;
    if (this.listing.rows.length < this.#shown) await this.listing.readOlder();
    this.draw();
  }

  /**
   * @param {T} one
   * @param {boolean} first
   */
  #rowOf(one, first) {
    const row = element('tr', { role: 'row', class: first ? '' : 'changed' });
    const headers = /** @type {HTMLTableRowElement} */ (this.table.tHead?.rows[0]).cells;
    this.cellsOf(one).forEach((cell, at) => {
      row.append(element('td', { role: 'cell', class: headers[at]?.className ?? '' }, cell));
    });
    return row;
  }
}

/** @param {string} number */
const numberText = (number) => element('span', { class: 'order-number' }, number);
/**
 * @param {Node} first
 * @param {(Node | string)[]} second
 */
const twoLines = (first, ...second) =>
  element('div', {}, first, element('span', { class: 'second' }, ...second));
/** @param {Status} status */
const pill = (status) =>
  element('span', { class: 'pill', 'data-status': status }, statusWords[status] ?? status);
/** @param {number} amount */
const amountText = (amount) => element('span', { class: amount < 0 ? 'down' : 'up' }, formatSigned(amount));

/** @param {(error: unknown) => void} onError */
export function createLists(onError) {
  /** @type {Listing<Order>} */
  const orders = new Listing(
    '/api/user/orders',
    (order) => order.number,
    (order) => order.uploaded_at + order.number,
  );
  /** @type {Listing<Entry>} */
  const entries = new Listing(
    '/api/user/statement',
    ({ seq }) => String(seq),
    ({ seq }) => seq,
    (answer) => answer.entries,
  );
  /** @type {Listing<Withdrawal>} */
  const withdrawals = new Listing(
    '/api/user/withdrawals',
    (one) => JSON.stringify(one),
    ({ processed_at }) => processed_at,
  );
  return {
    orders: new Table(
      'orders',
      orders,
      ({ number, status, accrual, uploaded_at }) => [
        twoLines(numberText(number), timeElement(uploaded_at)),
        pill(status),
        accrual === undefined ? '' : amountText(accrual),
      ],
      onError,
    ),
    statement: new Table(
      'statement',
      entries,
      ({ kind, order, amount, balance, processed_at }) => [
        twoLines(numberText(order), kind === 'accrual' ? 'Order, ' : 'Paid, ', timeElement(processed_at)),
        amountText(amount),
        formatPoints(balance),
      ],
      onError,
    ),
    withdrawals: new Table(
      'withdrawals',
      withdrawals,
      ({ order, sum, processed_at }) => [
        twoLines(numberText(order), timeElement(processed_at)),
        formatPoints(sum),
      ],
      onError,
    ),
  };
}
