import { Histogram, type Registry } from 'prom-client';

/** What query measures, beside what the shared parts do. */
export interface QueryMetrics {
  lag: Histogram<'event'>;
}

export function queryMetrics(registry: Registry): QueryMetrics {
  return {
    lag: new Histogram({
      name: 'view_lag_seconds',
      help: 'From the time of an event to its being in the view; what the view knew already is not counted',
      labelNames: ['event'],
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3_600],
      registers: [registry],
    }),
  };
}
