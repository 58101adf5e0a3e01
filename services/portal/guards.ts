import type { Request, RequestHandler, Response } from 'express';
import { Problem } from './problems';
import type { RateLimits } from './rate-limits';
import { sessionOf } from './session';

/** What stands before the routes: each lets a request pass or refuses it. */

/** Counts the requests under way. */
export interface Gate {
  readonly underWay: number;
  handler: RequestHandler;
}

/** Answers 503 at once when so many requests are under way that one more would only wait. */
export function createGate(maxUnderWay: number): Gate {
  let underWay = 0;
  return {
    get underWay() {
      return underWay;
    },
    handler: (_request, response, next) => {
      if (underWay >= maxUnderWay) throw new Problem('overloaded');
      underWay++;
      let inside = true;
      const leave = (): void => {
        if (inside) underWay--;
        inside = false;
      };
      response.locals.leaveGate = leave;
      response.once('close', leave);
      next();
    },
  };
}

/** Makes room for others while a long-lived answer, which has bounds of its own, goes on. */
export function leaveGate(response: Response): void {
  (response.locals.leaveGate as () => void)();
}

/** Bounds the requests of an address. */
export function limitRequests(limits: RateLimits): RequestHandler {
  return async (request, _response, next) => {
    await limits.request(addressOf(request));
    next();
  };
}

/** Bounds the requests of an address that cost a password hash. */
export function limitCredentials(limits: RateLimits): RequestHandler {
  return async (request, _response, next) => {
    await limits.credentials(addressOf(request));
    next();
  };
}

/** The client's address; behind trusted proxies the one that they name. */
export function addressOf(request: Request): string {
  return request.ip ?? '';
}

/**
 * A browser sends its cookie along for whatever page asks it to; SameSite keeps foreign sites out, this keeps out
 * what SameSite calls the same: another port or subdomain. Stands after `requireSession`.
 * @param publicOrigin where customers find the portal; by default whatever the Host header names
 */
export function refuseForeignOrigins(publicOrigin: string | undefined): RequestHandler {
  return (request, response, next) => {
    if (sessionOf(response).via === 'cookie' && isForeign(request, publicOrigin)) {
      throw new Problem('foreign_origin');
    }
    next();
  };
}

function isForeign(request: Request, publicOrigin: string | undefined): boolean {
  const origin = request.headers.origin;
  if (origin === undefined) return ['cross-site', 'same-site'].includes(request.get('Sec-Fetch-Site') ?? '');
  if (publicOrigin !== undefined) return origin !== publicOrigin;
  // the scheme is not compared: a proxy in front may speak TLS
  return hostOf(origin) !== request.headers.host?.toLowerCase();
}

function hostOf(origin: string): string | undefined {
  return /^https?:\/\/([^/]+)$/i.exec(origin)?.[1]?.toLowerCase();
}
