import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import type { Page } from './ports';

/** Some ten million orders: a list longer than that is cut off as a fault. */
const MAX_PAGES = 20_000;

/**
 * Answers with a whole list as a JSON array, page by page as fast as the client reads: no more than a page is
 * in memory. 204 for an empty one.
 * @param first the first page
 * @param pageAt reads the page at a cursor
 * @param publicItem one item as the client sees it
 */
export async function sendList<T>(
  response: Response,
  first: Page<T>,
  pageAt: (cursor: string) => Promise<Page<T>>,
  publicItem: (item: T) => unknown,
): Promise<void> {
  if (first.items.length === 0) return void response.status(204).end();
  response.type('application/json');
  if (first.nextCursor === '') return void response.send(JSON.stringify(first.items.map(publicItem)));
  await pipeline(Readable.from(arrayOf(first, pageAt, publicItem)), response);
}

async function* arrayOf<T>(
  first: Page<T>,
  pageAt: (cursor: string) => Promise<Page<T>>,
  publicItem: (item: T) => unknown,
): AsyncGenerator<string> {
  let page = first;
  let opening = '[';
  for (let pages = 1; ; pages++) {
    if (page.items.length > 0) {
      yield opening + page.items.map((item) => JSON.stringify(publicItem(item))).join(',');
      opening = ',';
    }
    if (page.nextCursor === '') break;
    if (pages === MAX_PAGES) throw new Error('a list does not end');
    page = await pageAt(page.nextCursor);
  }
  yield ']';
}
