import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import type { Page } from './ports';

/** The most that query gives at once; a page of orders is then some 50 KB. */
export const MAX_LIMIT = 500;
/** Some ten million orders: a list longer than that is cut off as a fault. */
const MAX_PAGES = 20_000;
const MAX_LISTENERS = 20;

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
  // beside those of the guards there are the pipeline's and the compression's
  response.setMaxListeners(MAX_LISTENERS);
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

/** Answers with one page as a JSON array, and tells in headers where the next one is. 204 for an empty one. */
export function sendPage<T>(
  request: Request,
  response: Response,
  page: Page<T>,
  publicItem: (item: T) => unknown,
): void {
  tellNextPage(request, response, page.nextCursor);
  if (page.items.length === 0) return void response.status(204).end();
  response.json(page.items.map(publicItem));
}

/** The headers Next-Cursor and Link (RFC 8288, rel=next); none after the last page. */
export function tellNextPage(request: Request, response: Response, nextCursor: string): void {
  if (nextCursor === '') return;
  const query = new URLSearchParams({
    ...(typeof request.query.limit === 'string' && { limit: request.query.limit }),
    cursor: nextCursor,
  });
  response.set('Next-Cursor', nextCursor);
  response.set('Link', `<${request.path}?${query.toString()}>; rel="next"`);
}
