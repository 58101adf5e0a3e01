import { createServer, type Server } from 'node:http';
import type { Registry } from 'prom-client';

/** What a service needs to do its work, by name; all true: ready. */
export type Readiness = () => Record<string, boolean>;

/**
 * The operators' side of a service: `/healthz` (the process is well), `/readyz` (200, or 503 with what is not
 * ready), `/metrics` (Prometheus). Never exposed to customers.
 */
export function createOpsServer(registry: Registry, readiness: Readiness): Server {
  return createServer((request, response) => {
    const send = (status: number, body: string, type = 'application/json'): void => {
      response.writeHead(status, { 'content-type': type }).end(body);
    };
    switch (request.url) {
      case '/healthz':
        return send(200, '{"status":"ok"}');
      case '/readyz': {
        const checks = readiness();
        const ready = Object.values(checks).every(Boolean);
        return send(ready ? 200 : 503, JSON.stringify({ status: ready ? 'ready' : 'not ready', checks }));
      }
      case '/metrics':
        void registry.metrics().then(
          (text) => send(200, text, registry.contentType),
          () => send(500, '{"status":"no metrics"}'),
        );
        return;
      default:
        return send(404, '{"status":"not found"}');
    }
  });
}
