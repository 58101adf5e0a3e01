import { randomUUID } from 'node:crypto';
import type { RequestHandler, Request, Response } from 'express';
import type { Logger } from '../shared/log';
import type { RequestMetrics } from './metrics';
import type { Session } from './session';

const REQUEST_ID = /^[\w.:-]{1,64}$/;

/**
 * Gives each request an id (the client's own, where it is a sane one) and writes one line, and the metrics,
 * when it is over.
 * Nothing that a client sent gets into the log but the method, the id and what a route made of it.
 */
export function requestLog(log: Logger, metrics: RequestMetrics): RequestHandler {
  return (request, response, next) => {
    const startedMs = performance.now();
    const given = request.get('X-Request-Id') ?? '';
    const requestId = REQUEST_ID.test(given) ? given : randomUUID();
    response.locals.requestId = requestId;
    response.set('X-Request-Id', requestId);
    response.once('close', () => {
      const session = response.locals.session as Session | undefined;
      const durationMs = performance.now() - startedMs;
      const { method } = request;
      const route = routeOf(request);
      const status = response.statusCode;
      metrics.observe({ method, route, status }, durationMs / 1_000);
      log.info(
        {
          method,
          route,
          status,
          duration_ms: Math.round(durationMs * 10) / 10,
          request_id: requestId,
          ...(session && { account_id: session.accountId }),
          ...(!response.writableFinished && { aborted: true }),
        },
        'request',
      );
    });
    next();
  };
}

export function requestIdOf(response: Response): string {
  return String(response.locals.requestId);
}

/** The pattern of the route, never the address itself: that may hold anything. */
function routeOf(request: Request): string {
  const route = request.route as { path?: string } | undefined;
  return route?.path ?? 'unmatched';
}
