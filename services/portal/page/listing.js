import { call } from './api.js';

const PAGE = 100;

/**
 * A list that the API gives page by page, newest first. What is known of it is kept while new rows come in.
 * @template {object} T
 */
export class Listing {
  /** @type {Map<string, T>} */
  #known = new Map();
  /** @type {string | null} where the rows after the oldest known one are; null at the end */
  #cursor = null;

  /**
   * @param {string} path
   * @param {(row: T) => string} keyOf
   * @param {(row: T) => string | number} orderOf newer rows have higher ones
   * @param {(answer: any) => T[]} rowsOf
   */
  constructor(path, keyOf, orderOf, rowsOf = (answer) => answer) {
    this.path = path;
    this.keyOf = keyOf;
    this.orderOf = orderOf;
    this.rowsOf = rowsOf;
  }

  /** @returns {T[]} all that is known, newest first */
  get rows() {
    return [...this.#known.values()].sort((left, right) =>
      this.orderOf(left) < this.orderOf(right) ? 1 : -1,
    );
  }

  get hasOlder() {
    return this.#cursor !== null;
  }

  /** Reads the newest page. Older rows stay known where the page follows on them. */
  async refresh() {
    const { rows, cursor } = await this.#page('');
    const follows = cursor === null || rows.some((row) => this.#known.has(this.keyOf(row)));
    if (!follows || this.#known.size === 0) {
      this.#known.clear();
      this.#cursor = cursor;
    }
    this.put(rows);
  }

  async readOlder() {
    if (this.#cursor === null) return;
    const { rows, cursor } = await this.#page(`&cursor=${encodeURIComponent(this.#cursor)}`);
    this.#cursor = cursor;
    this.put(rows);
  }

  /** @param {T[]} rows as they are now */
  put(rows) {
    for (const row of rows) this.#known.set(this.keyOf(row), row);
  }

  clear() {
    this.#known.clear();
    this.#cursor = null;
  }

  /** @param {string} cursor */
  async #page(cursor) {
    const response = await call(`${this.path}?limit=${PAGE}${cursor}`);
    const rows = response.status === 204 ? [] : this.rowsOf(await response.json());
    return { rows, cursor: response.headers.get('Next-Cursor') };
  }
}
