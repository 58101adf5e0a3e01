import type { OutgoingEvent } from './actor';
import { backoffMs, pause } from './backoff';
import type { ActorStore, Head } from './document';
import type { HostMetrics } from './metrics';
import type { ActorRuntime } from './runtime';

const MAX_RELAY_ROWS = 64;
/** A relay that no message and no reminder waits for tries this often by itself; then the safety reminder's turn comes. */
const MAX_BACKGROUND_TRIES = 8;
const BACKGROUND_FIRST_MS = 100;
const BACKGROUND_MAX_MS = 5_000;

/**
 * The relay of one actor: publishes its committed outbox rows in their order, one relay at a time.
 * It may run beside later turns; consumers bear duplicates and any order.
 */
export class Outbox {
  /** Every row below it is known to be published. */
  #published = 0;
  /** Every row below it is known to be committed. */
  #next = 0;
  readonly #rows = new Map<number, OutgoingEvent>();
  #relaying: Promise<void> | undefined;
  #trying: Promise<void> | undefined;

  constructor(
    private readonly runtime: ActorRuntime,
    private readonly store: ActorStore,
    private readonly metrics: HostMetrics,
  ) {}

  /** Rows below it may be cleared. */
  get published(): number {
    return this.#published;
  }

  get pending(): boolean {
    return this.#published < this.#next;
  }

  /** Whether a relay runs, or one that failed is about to be tried again. */
  get busy(): boolean {
    return this.#relaying !== undefined || this.#trying !== undefined;
  }

  /** Takes note of a head that was loaded: rows that an earlier process left are pending here now. */
  loaded(head: Head | undefined): void {
    if (!head) return;
    this.move(Math.max(this.#published, head.outboxFrom), Math.max(this.#next, head.outboxNext));
  }

  /** Takes note of rows that were just committed. */
  committed(rows: Map<number, OutgoingEvent>): void {
    for (const [seq, event] of rows) {
      // Rows that are far from their turn are read when it comes, so that an outage does not fill the memory.
      if (this.#rows.size < MAX_RELAY_ROWS) this.#rows.set(seq, event);
      this.move(this.#published, Math.max(this.#next, seq + 1));
    }
  }

  /** Publishes all that is pending. @throws when a publish fails; what went before stays published */
  async relay(): Promise<void> {
    if (this.pending) this.#relaying ??= this.relayAll();
    await this.#relaying;
  }

  /** For turns whose caller has its answer already: one series of tries at a time takes the rows of all. */
  async relayInBackground(): Promise<void> {
    if (this.pending) this.#trying ??= this.tryToRelay();
    await this.#trying;
  }

  /** For a cell that is forgotten: what is pending stands in the store, and is no longer counted here. */
  forget(): void {
    this.move(this.#next, this.#next);
  }

  private async tryToRelay(): Promise<void> {
    for (let attempt = 0; this.pending && attempt < MAX_BACKGROUND_TRIES; attempt++) {
      await this.relay().catch(() => pause(backoffMs(attempt, BACKGROUND_FIRST_MS, BACKGROUND_MAX_MS)));
    }
    this.#trying = undefined;
  }

  private async relayAll(): Promise<void> {
    try {
      while (this.pending) {
        const batch = await this.batch();
        for (const [seq, event] of batch) {
          if (event) await this.runtime.publish(event.topic, event.key, JSON.stringify(event.event));
          this.move(Math.max(this.#published, seq + 1), this.#next);
        }
      }
    } finally {
      // Here and not in a later step: who commits after the last check above must start a relay of its own.
      this.#relaying = undefined;
    }
  }

  /** The next rows; such as are too large to be read in one call are read one by one. */
  private batch(): Promise<[number, OutgoingEvent | undefined][]> {
    return this.rows(MAX_RELAY_ROWS).catch(() => this.rows(1));
  }

  /** The next rows, `limit` at most. Those that are not in memory are read; one that is gone was cleared. */
  private async rows(limit: number): Promise<[number, OutgoingEvent | undefined][]> {
    const count = Math.min(this.#next - this.#published, limit);
    const seqs = Array.from({ length: count }, (_, index) => this.#published + index);
    const unknown = seqs.filter((seq) => !this.#rows.has(seq));
    const stored = unknown.length > 0 ? await this.store.outbox(unknown) : undefined;
    return seqs.map((seq) => [seq, this.#rows.get(seq) ?? stored?.get(seq)]);
  }

  private move(published: number, next: number): void {
    this.metrics.pendingRows.inc(next - published - (this.#next - this.#published));
    this.#published = published;
    this.#next = next;
    for (const seq of this.#rows.keys()) if (seq < published) this.#rows.delete(seq);
  }
}
