/**
 * The listing of an account's orders: a B+ tree whose pages are documents, by upload time and number, newest
 * first. Orders may come in any order, and each touches as many pages as the tree is high.
 */

/** What orders are listed by. The times are of one form (ISO, milliseconds, UTC), so that text compares as time. */
export interface OrderKey {
  uploaded_at: string;
  number: string;
}

/** A page of the listing itself. It is never empty. */
export interface Leaf {
  rows: OrderKey[];
  /** The page whose rows follow these. */
  older: number | null;
}

/** A page that leads to others. */
export interface Branch {
  /** Newest first. Child n holds the keys from its own `from` down to the `from` of the next one. */
  children: { from: OrderKey | null; page: number }[];
}

export type IndexPage = Leaf | Branch;

export interface Index {
  root: number | null;
  /** The number of the next new page. */
  next_page: number;
}

/** @returns undefined for a page that has not been read yet */
export type ReadPage = (page: number) => IndexPage | undefined;

export const PAGE_ROWS = 64;
/** Beyond it would be more orders than anything can hold: the pages lead in a circle. */
export const MAX_HEIGHT = 10;

export function isNewer(left: OrderKey, right: OrderKey): boolean {
  if (left.uploaded_at !== right.uploaded_at) return left.uploaded_at > right.uploaded_at;
  return left.number > right.number;
}

interface BranchStep {
  page: number;
  branch: Branch;
  child: number;
}

export type Way = { wanted: number } | { wanted: null; branches: BranchStep[]; page: number; leaf: Leaf };

/**
 * The way from the root to the leaf where a key is or would be.
 * @param key null for the newest
 * @returns the page to read first, or the whole way
 */
export function wayTo(key: OrderKey | null, root: number, read: ReadPage): Way {
  const branches: BranchStep[] = [];
  let page = root;
  while (branches.length < MAX_HEIGHT) {
    const found = read(page);
    if (!found) return { wanted: page };
    if ('rows' in found) return { wanted: null, branches, page, leaf: found };
    const child = key === null ? 0 : childFor(key, found);
    branches.push({ page, branch: found, child });
    page = found.children[child]!.page;
  }
  throw new Error(`the order index is more than ${MAX_HEIGHT} pages high at page ${page}`);
}

function childFor(key: OrderKey, { children }: Branch): number {
  const beyond = children.findIndex(({ from }, index) => index > 0 && from !== null && isNewer(key, from));
  return (beyond < 0 ? children.length : beyond) - 1;
}

/**
 * Puts a key into the index; it must not be there yet.
 * @returns the new index and the pages that changed
 */
export function insert(key: OrderKey, index: Index, read: ReadPage) {
  if (index.root === null) return firstPage(key, index);
  const way = wayTo(key, index.root, read);
  if (way.wanted !== null) throw new Error(`page ${way.wanted} of the order index has not been read`);
  const pages = new Map<number, IndexPage>();
  let { root, next_page } = index;
  let split = insertRow(key, way, next_page, pages);
  for (const step of way.branches.toReversed()) {
    if (!split) break;
    next_page = split.page + 1;
    split = insertChild(split, step, next_page, pages);
  }
  if (split) {
    root = split.page + 1;
    next_page = root + 1;
    pages.set(root, { children: [{ from: null, page: index.root }, split] });
  }
  return { index: { root, next_page }, pages };
}

function firstPage(key: OrderKey, { next_page }: Index) {
  const pages = new Map<number, IndexPage>([[next_page, { rows: [key], older: null }]]);
  return { index: { root: next_page, next_page: next_page + 1 }, pages };
}

/** What a split page has given away: a new page with its older half. */
interface Split {
  from: OrderKey;
  page: number;
}

function insertRow(
  key: OrderKey,
  { branches, page, leaf }: Extract<Way, { wanted: null }>,
  nextPage: number,
  pages: Map<number, IndexPage>,
): Split | undefined {
  const before = leaf.rows.findIndex((row) => isNewer(key, row));
  const at = before < 0 ? leaf.rows.length : before;
  const rows = leaf.rows.toSpliced(at, 0, key);
  if (rows.length <= PAGE_ROWS) {
    pages.set(page, { ...leaf, rows });
    return undefined;
  }
  // Orders mostly come newest last: leaving a page behind full, not half full, keeps listings short.
  const isNewest = at === 0 && branches.every(({ child }) => child === 0);
  const cut = isNewest ? 1 : Math.ceil(rows.length / 2);
  pages.set(page, { rows: rows.slice(0, cut), older: nextPage });
  pages.set(nextPage, { rows: rows.slice(cut), older: leaf.older });
  return { from: rows[cut]!, page: nextPage };
}

function insertChild(
  added: Split,
  { page, branch, child }: BranchStep,
  nextPage: number,
  pages: Map<number, IndexPage>,
): Split | undefined {
  const children = branch.children.toSpliced(child + 1, 0, added);
  if (children.length <= PAGE_ROWS) {
    pages.set(page, { children });
    return undefined;
  }
  const cut = Math.ceil(children.length / 2);
  pages.set(page, { children: children.slice(0, cut) });
  pages.set(nextPage, { children: children.slice(cut) });
  return { from: children[cut]!.from!, page: nextPage };
}
