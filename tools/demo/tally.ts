/** The newest durations that percentiles are made of. */
const MAX_DURATIONS = 10_000;

/** What has happened so far, over all customers. */
export class Tally {
  customers = 0;
  uploads = 0;
  processed = 0;
  withoutPoints = 0;
  payments = 0;
  refused = 0;
  /** How often the portal has said "later". */
  waits = 0;
  private readonly durationsMs: number[] = [];

  /** An order has its points. @param durationMs since its upload was sent */
  finished(status: 'PROCESSED' | 'INVALID', durationMs: number): void {
    if (status === 'INVALID') {
      this.withoutPoints++;
      return;
    }
    this.durationsMs[this.processed % MAX_DURATIONS] = durationMs;
    this.processed++;
  }

  get underWay(): number {
    return this.uploads - this.processed - this.withoutPoints;
  }

  /** @param share e.g. 0.95 @returns milliseconds; undefined as long as nothing is processed */
  percentile(share: number): number | undefined {
    const sorted = this.durationsMs.toSorted((left, right) => left - right);
    return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  }
}

/** Everything on one line. */
export function formatTally(tally: Tally, elapsedMs: number): string {
  const seconds = Math.max(1, elapsedMs / 1_000);
  const parts = [
    clock(elapsedMs),
    `${tally.customers} customers`,
    `${tally.uploads} orders (${(tally.uploads / seconds).toFixed(1)}/s)`,
    `${tally.processed} processed`,
    `${tally.withoutPoints} without points`,
    `${tally.underWay} under way`,
    `${tally.payments} payments`,
    `upload to points p50 ${duration(tally.percentile(0.5))} p95 ${duration(tally.percentile(0.95))}`,
  ];
  if (tally.refused > 0) parts.push(`${tally.refused} refused`);
  if (tally.waits > 0) parts.push(`told to wait ${tally.waits} times`);
  return parts.join(' · ');
}

function clock(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
}

const duration = (ms: number | undefined): string =>
  ms === undefined ? '-' : `${(ms / 1_000).toFixed(2)} s`;
