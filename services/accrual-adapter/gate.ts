/** Reserved turns that are remembered; beyond, a caller comes back when the last of them is over. */
const MAX_RESERVED = 20_000;
/** A reservation that nobody came back for is given up after so long. */
const RESERVED_FOR_MS = 30_000;
/** The pace is a little slower than announced, so that a window of the calculator's never holds one too many. */
const PACE_MARGIN = 1.02;
/** A limit that was not met again for so long is forgotten; meeting it again sets the pace anew. */
const PACE_KEPT_MS = 300_000;
/** How far callers are spread after the opening when no pace is known. */
const SPREAD_MS = 1_000;
const MINUTE_MS = 60_000;

export type Pass = { open: true } | { open: false; untilMs: number };

/**
 * The one gate of a process before the calculator. A 429 closes it for everybody until its Retry-After is over;
 * from then on callers pass at the announced pace, each at a moment reserved for it, so that nothing bursts at
 * the opening and nobody asks again and again.
 */
export class RateGate {
  private opensAtMs = 0;
  /** Between two callers; 0 as long as no limit was met. */
  private intervalMs = 0;
  private pacedUntilMs = 0;
  private nextFreeMs = 0;
  private readonly reserved = new Map<string, number>();

  /** @param random from [0, 1) */
  constructor(private readonly random: () => number) {}

  /** @returns when to come back, if the caller may not call the calculator now */
  enter(caller: string, nowMs: number): Pass {
    if (this.intervalMs > 0 && nowMs >= this.pacedUntilMs) this.unpace();
    if (this.intervalMs === 0) {
      if (nowMs >= this.opensAtMs) return { open: true };
      return { open: false, untilMs: this.opensAtMs + Math.round(this.random() * SPREAD_MS) };
    }
    const slotMs = this.slotOf(caller, nowMs);
    if (nowMs < slotMs) return { open: false, untilMs: slotMs };
    this.reserved.delete(caller);
    return { open: true };
  }

  /**
   * The calculator answered 429.
   * @param perMinute the limit it announced, if it did
   */
  close(afterMs: number, perMinute: number | undefined, nowMs: number): void {
    this.opensAtMs = Math.max(this.opensAtMs, nowMs + afterMs);
    if (perMinute !== undefined) this.intervalMs = (MINUTE_MS * PACE_MARGIN) / perMinute;
    if (this.intervalMs === 0) return;
    this.pacedUntilMs = this.opensAtMs + PACE_KEPT_MS;
    // what was reserved before is void: it was planned for an open gate
    this.reserved.clear();
    this.nextFreeMs = this.opensAtMs;
  }

  /** For metrics: how long it is still closed. */
  closedForMs(nowMs: number): number {
    return Math.max(0, this.opensAtMs - nowMs);
  }

  private slotOf(caller: string, nowMs: number): number {
    const reservedMs = this.reserved.get(caller);
    if (reservedMs !== undefined && nowMs < reservedMs + RESERVED_FOR_MS) return reservedMs;
    const slotMs = Math.ceil(Math.max(this.nextFreeMs, nowMs));
    if (this.reserved.size >= MAX_RESERVED) this.dropStale(nowMs);
    if (this.reserved.size >= MAX_RESERVED) return slotMs + 1;
    this.nextFreeMs = Math.max(this.nextFreeMs, nowMs) + this.intervalMs;
    this.reserved.set(caller, slotMs);
    return slotMs;
  }

  private dropStale(nowMs: number): void {
    for (const [caller, slotMs] of this.reserved) {
      if (nowMs >= slotMs + RESERVED_FOR_MS) this.reserved.delete(caller);
    }
  }

  private unpace(): void {
    this.intervalMs = 0;
    this.reserved.clear();
  }
}
