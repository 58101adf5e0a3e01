import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What the actor host counts. */
export interface HostMetrics {
  turns: Counter<'actor' | 'turn' | 'outcome'>;
  turnSeconds: Histogram<'actor' | 'turn'>;
  commitRetries: Counter<'actor'>;
  /** Rows committed or loaded by this process and not yet published. */
  pendingRows: Gauge;
}

export function hostMetrics(registry: Registry): HostMetrics {
  const registers = [registry];
  return {
    turns: new Counter({
      name: 'actor_turns_total',
      help: 'Turns of actors by outcome: replied, expired or failed',
      labelNames: ['actor', 'turn', 'outcome'],
      registers,
    }),
    turnSeconds: new Histogram({
      name: 'actor_turn_duration_seconds',
      help: 'From the start of a turn to the end of its commit',
      labelNames: ['actor', 'turn'],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
      registers,
    }),
    commitRetries: new Counter({
      name: 'actor_commit_retries_total',
      help: 'Commits that lost against another commit, or whose outcome was unknown, and were decided again',
      labelNames: ['actor'],
      registers,
    }),
    pendingRows: new Gauge({
      name: 'actor_outbox_pending_rows',
      help: 'Outbox rows that this process knows of and that are not yet published',
      registers,
    }),
  };
}
