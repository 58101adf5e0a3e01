import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { BreakerState } from './ports';

/** What is measured of each request: rate, errors (by status) and duration. */
export interface RequestMetrics {
  observe(labels: { method: string; route: string; status: number }, seconds: number): void;
  refused(slug: string): void;
}

/** Of others a label would be the client's choice, and a metric without bound. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

export function requestMetrics(registry: Registry): RequestMetrics {
  const registers = [registry];
  const requests = new Counter({
    name: 'portal_requests_total',
    help: 'Requests of customers by route and status',
    labelNames: ['method', 'route', 'status'],
    registers,
  });
  const seconds = new Histogram({
    name: 'portal_request_duration_seconds',
    help: 'From the first byte of a request to the end of its answer',
    labelNames: ['method', 'route'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5],
    registers,
  });
  const refusals = new Counter({
    name: 'portal_refusals_total',
    help: 'Answers that are problems, by slug',
    labelNames: ['slug'],
    registers,
  });
  return {
    observe: ({ method, route, status }, durationSeconds) => {
      const known = METHODS.has(method) ? method : 'OTHER';
      requests.inc({ method: known, route, status });
      seconds.observe({ method: known, route }, durationSeconds);
    },
    refused: (slug) => refusals.inc({ slug }),
  };
}

export function gateMetrics(registry: Registry, underWay: () => number): void {
  new Gauge({
    name: 'portal_requests_under_way',
    help: 'Requests that are being answered',
    registers: [registry],
    collect() {
      this.set(underWay());
    },
  });
}

export function feedMetrics(registry: Registry, open: () => number): void {
  new Gauge({
    name: 'portal_event_streams',
    help: 'Event streams that are open',
    registers: [registry],
    collect() {
      this.set(open());
    },
  });
}

const STATE_VALUES: Record<BreakerState, number> = { closed: 0, 'half-open': 1, open: 2 };

export function breakerMetrics(
  registry: Registry,
  breakers: readonly { dependency: string; state: BreakerState }[],
): void {
  new Gauge({
    name: 'portal_breaker_state',
    help: 'State of the circuit breaker round a dependency: 0 closed, 1 half-open, 2 open',
    labelNames: ['dependency'],
    registers: [registry],
    collect() {
      for (const { dependency, state } of breakers) this.set({ dependency }, STATE_VALUES[state]);
    },
  });
}
