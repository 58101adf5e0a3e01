import { isNewer, wayTo, type OrderKey, type ReadPage } from './order-index';

/** One listing reads so many pages of rows at most; what follows is for the next one. */
export const MAX_PAGES_LISTED = 64;

export interface Listed {
  rows: OrderKey[];
  /** The last row given, when older ones follow. */
  next: OrderKey | null;
  /** The page that must be read to go on; null when the listing is complete. */
  wanted: number | null;
}

/**
 * Rows of the listing, newest first.
 * @param after the last row of the listing before; null for the newest rows
 */
export function listRows(root: number | null, after: OrderKey | null, limit: number, read: ReadPage): Listed {
  if (root === null) return { rows: [], next: null, wanted: null };
  const way = wayTo(after, root, read);
  if (way.wanted !== null) return { rows: [], next: null, wanted: way.wanted };
  const rows: OrderKey[] = [];
  let { leaf } = way;
  for (let pages = 1; ; pages++) {
    rows.push(...leaf.rows.filter((row) => after === null || isNewer(after, row)));
    const ended = leaf.older === null;
    if (rows.length > limit || (rows.length === limit && !ended) || (!ended && pages === MAX_PAGES_LISTED)) {
      const given = rows.slice(0, limit);
      return { rows: given, next: given.at(-1) ?? after, wanted: null };
    }
    if (leaf.older === null) return { rows, next: null, wanted: null };
    const older = read(leaf.older);
    if (!older) return { rows, next: null, wanted: leaf.older };
    if (!('rows' in older)) throw new Error(`page ${leaf.older} of the order index is no page of rows`);
    leaf = older;
  }
}
