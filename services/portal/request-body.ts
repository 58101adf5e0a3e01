import { raw, type Request, type RequestHandler } from 'express';
import type { Body } from './requests';

export const MAX_JSON_BYTES = 16 * 1_024;
export const MAX_ORDER_BYTES = 1_024;

const CHARSET = /;\s*charset="?([^\s;"]*)/i;

/** Reads a body of any type whole, decompressed, up to a limit that holds for the decompressed bytes. */
export function readBody(limitBytes: number): RequestHandler {
  return raw({ type: () => true, limit: limitBytes });
}

/** The body of a request that has passed `readBody`; an empty one where there was none. */
export function bodyOf(request: Request): Body {
  const contentType = request.headers['content-type'] ?? '';
  const [mediaType = ''] = contentType.split(';', 1);
  const charset = CHARSET.exec(contentType)?.[1] ?? 'utf-8';
  const bytes: unknown = request.body;
  return {
    mediaType: /^(utf-8|us-ascii)$/i.test(charset) ? mediaType.trim().toLowerCase() : '',
    bytes: Buffer.isBuffer(bytes) ? bytes : Buffer.alloc(0),
  };
}
