import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';

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

/**
 * Prepares a server's end. Node closes connections whose request is over, but waits for those that never had one, such
 * as browsers open in advance.
 * @returns ends it: requests under way get their answers, connections without one are closed
 */
export function closer(server: Server): () => Promise<void> {
  const requestsUnderWay = new Map<Socket, number>();
  let closing = false;
  const count = (socket: Socket, change: 1 | -1): void => {
    const requests = (requestsUnderWay.get(socket) ?? 0) + change;
    if (requestsUnderWay.has(socket)) requestsUnderWay.set(socket, requests);
    if (closing && requests === 0) socket.destroySoon();
  };
  server.on('connection', (socket: Socket) => {
    requestsUnderWay.set(socket, 0);
    socket.once('close', () => requestsUnderWay.delete(socket));
  });
  server.prependListener('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    count(socket, 1);
    response.once('close', () => count(socket, -1));
  });
  return async () => {
    closing = true;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const [socket, requests] of requestsUnderWay) if (requests === 0) socket.destroySoon();
    await closed;
  };
}
