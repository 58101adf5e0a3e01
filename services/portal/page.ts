import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import type { RequestHandler } from 'express';
import type { Methods } from './http';

/** Its own script, style and pictures, and calls to its own origin: the page needs nobody else. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
/** A browser asks whether what it has is still right. */
const CACHE_CONTROL = 'no-cache';
const START = 'index.html';
/** From the compiled portal's folder up to the one that holds the sources, or a copy of the page's. */
const PAGE_FOLDER = join('services', 'portal', 'page');

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
};

/** The page for customers: `/`, and its parts under `/page`. They are read once. */
export function pageRoutes(folder: string = pageFolder()): Record<string, Methods> {
  const names = readdirSync(folder).filter((name) => extname(name) in MEDIA_TYPES);
  return Object.fromEntries(
    names.map((name) => [name === START ? '/' : `/page/${name}`, { get: [file(join(folder, name))] }]),
  );
}

/** Where the page's files are, for the compiled portal as for the sources: tsc does not copy them. */
function pageFolder(from: string = __dirname): string {
  for (let at = from; at !== dirname(at); at = dirname(at)) {
    const folder = join(at, PAGE_FOLDER);
    if (existsSync(join(folder, START))) return folder;
  }
  throw new Error(`there is no ${PAGE_FOLDER} above ${from}`);
}

function file(path: string): RequestHandler {
  const bytes = readFileSync(path);
  const entityTag = `"${createHash('sha256').update(bytes).digest('base64url')}"`;
  const mediaType = MEDIA_TYPES[extname(path)] ?? '';
  return (_request, response) => {
    response
      .set('Content-Security-Policy', CONTENT_SECURITY_POLICY)
      .set('Cache-Control', CACHE_CONTROL)
      .set('ETag', entityTag)
      .type(mediaType)
      .send(bytes);
  };
}
