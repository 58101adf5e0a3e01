import type { RequestHandler } from 'express';
import type { PortalPorts } from '../http';
import { Problem } from '../problems';

/** GET /api/order: the number of an order that somebody has just paid for, as text. For demonstrations. */
export function demoOrder({ purchases }: Pick<PortalPorts, 'purchases'>): RequestHandler {
  return async (_request, response) => {
    response.type('text/plain').send(await purchases.newOrderNumber());
  };
}

/** GET /healthz: the process runs. */
export const healthz: RequestHandler = (_request, response) => {
  response.json({ status: 'ok' });
};

/** GET /readyz: 503 with what is not ready. */
export function readyz({ readiness }: Pick<PortalPorts, 'readiness'>): RequestHandler {
  return async (_request, response) => {
    const { notReady, breakers } = await readiness();
    if (notReady.length > 0) throw new Problem('not_ready', undefined, { not_ready: notReady, breakers });
    response.json({ status: 'ready', breakers });
  };
}
