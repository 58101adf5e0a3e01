import fc from 'fast-check';
import {
  insert,
  isNewer,
  PAGE_ROWS,
  wayTo,
  type Index,
  type IndexPage,
  type OrderKey,
} from '../../../services/query/domain/order-index';
import { listRows, MAX_PAGES_LISTED } from '../../../services/query/domain/order-listing';

const newestFirst = (left: OrderKey, right: OrderKey): number => (isNewer(left, right) ? -1 : 1);
/** Several orders share a millisecond. */
const keyOf = (n: number): OrderKey => ({
  uploaded_at: new Date(Date.UTC(2026, 0, 1) + Math.floor(n / 3)).toISOString(),
  number: String(n % 3),
});

class StoredIndex {
  index: Index = { root: null, next_page: 0 };
  readonly pages = new Map<number, IndexPage>();
  mostWritten = 0;

  add(key: OrderKey): void {
    const read = (page: number): IndexPage | undefined => this.pages.get(page);
    const { index, pages } = insert(key, this.index, read);
    this.index = index;
    this.mostWritten = Math.max(this.mostWritten, pages.size);
    for (const [page, content] of pages) this.pages.set(page, content);
  }

  /** Reads pages only as they are wanted, as a turn does. */
  list(after: OrderKey | null, limit: number) {
    const known = new Map<number, IndexPage>();
    for (;;) {
      const listed = listRows(this.index.root, after, limit, (page) => known.get(page));
      if (listed.wanted === null) return { ...listed, pagesRead: known.size };
      if (known.has(listed.wanted)) throw new Error('wanted twice');
      known.set(listed.wanted, this.pages.get(listed.wanted)!);
    }
  }

  listAll(limit: number): OrderKey[] {
    const rows: OrderKey[] = [];
    let after: OrderKey | null = null;
    do {
      const listed = this.list(after, limit);
      expect(listed.rows.length).toBeLessThanOrEqual(limit);
      rows.push(...listed.rows);
      after = listed.next;
    } while (after !== null);
    return rows;
  }
}

const shuffled = (size: number, seed: number): OrderKey[] => {
  const keys = Array.from({ length: size }, (_, n) => keyOf(n));
  let random = seed;
  for (let at = size - 1; at > 0; at--) {
    random = (random * 1_103_515_245 + 12_345) % 2 ** 31;
    const other = random % (at + 1);
    [keys[at], keys[other]] = [keys[other]!, keys[at]!];
  }
  return keys;
};
const ascending = (size: number): OrderKey[] => Array.from({ length: size }, (_, n) => keyOf(n));

describe('the order index', () => {
  test.each([
    ['as they were uploaded', ascending(10_000)],
    ['the newest first', ascending(10_000).reverse()],
    ['in no order at all', shuffled(10_000, 7)],
  ])('10,000 orders that come %s are listed whole, newest first', (_, keys) => {
    const stored = new StoredIndex();
    keys.forEach((key) => stored.add(key));
    expect(stored.listAll(500)).toEqual([...keys].sort(newestFirst));
    expect(stored.mostWritten).toBeLessThanOrEqual(6);
    for (const page of stored.pages.values())
      expect('rows' in page ? page.rows.length : page.children.length).toBeLessThanOrEqual(PAGE_ROWS);
  });

  test('orders that come as they were uploaded leave full pages behind', () => {
    const stored = new StoredIndex();
    ascending(PAGE_ROWS * 20).forEach((key) => stored.add(key));
    const leaves = [...stored.pages.values()].filter((page) => 'rows' in page);
    expect(leaves).toHaveLength(20);
    expect(stored.list(null, 100).pagesRead).toBeLessThanOrEqual(4);
  });

  test('any order of arrival, any limit: complete and in order', () => {
    const keys = fc.uniqueArray(fc.nat(1_000).map(keyOf), {
      maxLength: 400,
      minLength: 100,
      selector: (key) => key.uploaded_at + key.number,
    });
    fc.assert(
      fc.property(keys, fc.integer({ min: 1, max: 90 }), (arriving, limit) => {
        const stored = new StoredIndex();
        arriving.forEach((key) => stored.add(key));
        expect(stored.listAll(limit)).toEqual([...arriving].sort(newestFirst));
      }),
      { numRuns: 60 },
    );
  });

  test('a cursor holds its place while orders come in', () => {
    const arriving = fc.shuffledSubarray(ascending(500), { minLength: 300 });
    fc.assert(
      fc.property(arriving, fc.integer({ min: 1, max: 40 }), (keys, limit) => {
        const early = keys.slice(0, 150);
        const late = keys.slice(150);
        const stored = new StoredIndex();
        early.forEach((key) => stored.add(key));
        const rows: OrderKey[] = [];
        let after: OrderKey | null = null;
        do {
          const listed = stored.list(after, limit);
          rows.push(...listed.rows);
          after = listed.next;
          late.splice(0, limit * 2).forEach((key) => stored.add(key));
        } while (after !== null);
        expect(rows).toEqual([...rows].sort(newestFirst));
        const listed = new Set(rows);
        expect(listed.size).toBe(rows.length);
        expect(early.filter((key) => !listed.has(key))).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  test('a listing reads a bounded number of pages, and goes on from there', () => {
    const keys = ascending(MAX_PAGES_LISTED * PAGE_ROWS + 500);
    const stored = new StoredIndex();
    keys.forEach((key) => stored.add(key));
    const first = stored.list(null, keys.length);
    expect(first.rows.length).toBeLessThan(keys.length);
    expect(first.next).toEqual(first.rows.at(-1));
    const rest = stored.list(first.next, keys.length);
    expect([...first.rows, ...rest.rows]).toEqual([...keys].sort(newestFirst));
  });

  test('pages that lead in a circle are a fault, not an endless way', () => {
    const circle: IndexPage = { children: [{ from: null, page: 0 }] };
    expect(() => wayTo(null, 0, () => circle)).toThrow('pages high');
  });
});
