import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { Logger } from '../shared/log';
import type { RequestMetrics } from './metrics';
import { Problem } from './problems';
import { Unavailable } from './ports';
import { requestIdOf } from './request-log';

/** Writes whatever a handler threw as a problem; of what nobody expected, the client learns only the id. */
export function answerFailures(log: Logger, metrics: RequestMetrics): ErrorRequestHandler {
  return (error: unknown, _request, response, _next) => {
    const problem = problemOf(error);
    const requestId = requestIdOf(response);
    metrics.refused(problem.slug);
    if (problem.slug === 'internal') log.error({ err: error, request_id: requestId }, 'a handler failed');
    // half a list has been sent: only a broken connection tells the client that it is not the whole one
    if (response.headersSent) return void response.destroy();
    response
      .status(problem.status)
      .set(problem.headers)
      .type('application/problem+json')
      .send(JSON.stringify(problem.body(requestId)));
  };
}

/** @param allowed the methods that the address takes */
export function methodNotAllowed(allowed: string): RequestHandler {
  return (_request, response) => {
    response.set('Allow', allowed);
    throw new Problem('method_not_allowed');
  };
}

export const notFound: RequestHandler = () => {
  throw new Problem('not_found');
};

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof Unavailable) return new Problem('unavailable');
  const status = (error as { status?: unknown } | null)?.status;
  if (status === 413) return new Problem('too_large');
  if (status === 415) return new Problem('unsupported_encoding');
  // what express and its body reader call a bad request: a broken compression, a broken escape in the address
  if (typeof status === 'number' && status >= 400 && status < 500) return new Problem('malformed_request');
  return new Problem('internal');
}
