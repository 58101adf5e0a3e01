import { Counter, type Registry } from 'prom-client';

/** What billing counts, beside what the shared parts do. */
export interface BillingMetrics {
  contradictions: Counter<'event'>;
}

export function billingMetrics(registry: Registry): BillingMetrics {
  return {
    contradictions: new Counter({
      name: 'order_contradictions_total',
      help: 'Answers of the calculator that contradict the one an order ended with, by event; the first one stands',
      labelNames: ['event'],
      registers: [registry],
    }),
  };
}
