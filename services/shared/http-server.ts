import { createServer, type RequestListener, type Server } from 'node:http';

/** What a client may cost a public HTTP server in time and memory. */
export interface HttpLimits {
  /** From the start of a request to the end of its headers; then 408. */
  headersMs: number;
  /** From the start of a request to the end of its body; then 408. */
  requestMs: number;
  /** A connection without a request is kept so long; longer than common proxies keep theirs. */
  keepAliveMs: number;
  /** A connection on which nothing moves, such as one whose client does not read; an event stream beats faster. */
  silenceMs: number;
  maxHeaderBytes: number;
  maxConnections: number;
}

const DEFAULT_LIMITS: HttpLimits = {
  headersMs: 10_000,
  requestMs: 20_000,
  keepAliveMs: 65_000,
  silenceMs: 120_000,
  maxHeaderBytes: 16_384,
  maxConnections: 10_000,
};
const CHECKS_PER_LIMIT = 10;

/** A server for the public, which slow and greedy clients do not exhaust. */
export function createPublicServer(listener: RequestListener, limits: Partial<HttpLimits> = {}): Server {
  const { headersMs, requestMs, keepAliveMs, silenceMs, maxHeaderBytes, maxConnections } = {
    ...DEFAULT_LIMITS,
    ...limits,
  };
  const server = createServer(
    {
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      keepAliveTimeout: keepAliveMs,
      connectionsCheckingInterval: Math.ceil(headersMs / CHECKS_PER_LIMIT),
      maxHeaderSize: maxHeaderBytes,
    },
    listener,
  );
  server.timeout = silenceMs;
  server.maxConnections = maxConnections;
  return server;
}
