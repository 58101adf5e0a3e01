import { raw, type Request, type RequestHandler } from 'express';
import type { Body } from './requests';

export const MAX_JSON_BYTES = 16 * 1_024;
export const MAX_ORDER_BYTES = 1_024;

/** Reads a body of any type whole, decompressed, up to a limit that holds for the decompressed bytes. */
export function readBody(limitBytes: number): RequestHandler {
  return raw({ type: () => true, limit: limitBytes });
}

/** The body of a request that has passed `readBody`; an empty one where there was none. */
export function bodyOf(request: Request): Body {
  const [mediaType = ''] = (request.headers['content-type'] ?? '').split(';', 1);
  const bytes: unknown = request.body;
  return {
    mediaType: mediaType.trim().toLowerCase(),
    bytes: Buffer.isBuffer(bytes) ? bytes : Buffer.alloc(0),
  };
}
