import http, { type Agent, type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import type { HttpAnswer } from './domain/answer';

const MAX_SOCKETS = 64;
const MAX_IDLE_SOCKETS = 16;
const MAX_ANSWER_BYTES = 65_536;

export interface HttpCall {
  method: 'GET' | 'POST';
  /** Below the address. */
  path: string;
  json?: string;
  deadlineMs: number;
}

export interface Exchange {
  /**
   * One request and its whole answer. Redirects are not followed: a 3xx is an answer like any other.
   * @throws ExchangeError
   */
  send(call: HttpCall): Promise<HttpAnswer>;
  close(): void;
}

/** There was no whole answer; `problem` is `timeout`, `too_large`, or the network's own word, like `econnrefused`. */
export class ExchangeError extends Error {
  constructor(
    readonly problem: string,
    cause?: unknown,
  ) {
    super(`no answer: ${problem}`, { cause });
  }
}

/** HTTP to one address over connections that are kept alive and bounded in number. */
export function createExchange(address: string): Exchange {
  const base = new URL(address);
  const client = base.protocol === 'https:' ? https : http;
  const agent = new client.Agent({
    keepAlive: true,
    maxSockets: MAX_SOCKETS,
    maxFreeSockets: MAX_IDLE_SOCKETS,
  });
  const prefix = base.pathname.replace(/\/+$/, '');

  const attempt = async (call: HttpCall, signal: AbortSignal): Promise<HttpAnswer> => {
    const response = await request(client, base, { ...options(call, prefix, agent), signal }, call.json);
    const { statusCode: status = 0, headers } = response;
    return { status, retryAfter: headers['retry-after'], body: await readBounded(response) };
  };

  const send = async (call: HttpCall): Promise<HttpAnswer> => {
    const signal = AbortSignal.timeout(call.deadlineMs);
    try {
      return await attempt(call, signal).catch((error: unknown) => {
        // the other side closed an idle connection just when it was used again: nothing was wrong with the call
        if (error instanceof StaleConnectionError) return attempt(call, signal);
        throw error;
      });
    } catch (error) {
      throw asExchangeError(error, signal);
    }
  };
  return { send, close: () => agent.destroy() };
}

class StaleConnectionError extends Error {}

function options({ method, path, json }: HttpCall, prefix: string, agent: Agent): RequestOptions {
  const headers = {
    Accept: 'application/json',
    ...(json !== undefined && {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(json),
    }),
  };
  return { method, path: `${prefix}${path}`, agent, headers };
}

function request(
  client: typeof http | typeof https,
  base: URL,
  details: RequestOptions,
  json?: string,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = client.request(base, details, resolve);
    outgoing.once('error', (error: NodeJS.ErrnoException) => {
      const stale = outgoing.reusedSocket && error.code === 'ECONNRESET';
      reject(stale ? new StaleConnectionError(error.message, { cause: error }) : error);
    });
    outgoing.end(json);
  });
}

async function readBounded(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // leaving the loop destroys the response and its connection
    if (bytes > MAX_ANSWER_BYTES) throw new ExchangeError('too_large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function asExchangeError(error: unknown, signal: AbortSignal): ExchangeError {
  if (error instanceof ExchangeError) return error;
  if (signal.aborted) return new ExchangeError('timeout', error);
  const code = (error as NodeJS.ErrnoException).code ?? 'broken';
  return new ExchangeError(code.toLowerCase(), error);
}
