import { z } from 'zod';
import { orderNumber } from '../../shared/order-number';

export const MAX_UNKNOWN = 1000;
const MAX_DELAY_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** What a scripted 429 announces where there is no limit. */
const ANNOUNCED_WITHOUT_LIMIT = 6000;

const delayMs = z.number().int().min(0).max(MAX_DELAY_MS);

/** How the simulator behaves; every part can be changed while it runs. Only calls about orders are disturbed. */
export const behaviour = z.strictObject({
  processing_ms: delayMs,
  /** Added to every answer. */
  latency_ms: delayMs,
  /** Polls that are answered in a minute; 0: all. */
  rate_limit_per_minute: z.number().int().min(0).max(1_000_000),
  /** The window in which polls are counted; a shorter one lets tests wait less for the same rate. */
  rate_window_ms: z.number().int().min(100).max(MINUTE_MS),
  /** The next `count` calls are answered with this status. */
  fail_next: z.strictObject({
    count: z.number().int().min(0).max(1_000_000),
    status: z.number().int().min(400).max(599),
    retry_after_seconds: z.number().int().min(0).max(3600).optional(),
  }),
  /** Numbers that are answered with 204 for as long as they are in this list. */
  unknown: z.array(orderNumber).max(MAX_UNKNOWN),
});
export type Behaviour = z.infer<typeof behaviour>;

export interface Limited {
  retryAfterSeconds: number;
  text: string;
}

/** The published text of a 429 (Practicum spec, GET /api/orders/{number}). */
export const limitText = (perMinute: number): string =>
  `No more than ${perMinute || ANNOUNCED_WITHOUT_LIMIT} requests per minute allowed`;

/** Counts polls in windows that follow each other. */
export class RateLimit {
  private windowEndsMs = 0;
  private taken = 0;

  /** @returns undefined when the poll may be answered */
  take(
    rules: Pick<Behaviour, 'rate_limit_per_minute' | 'rate_window_ms'>,
    nowMs: number,
  ): Limited | undefined {
    const perMinute = rules.rate_limit_per_minute;
    if (perMinute === 0) return undefined;
    if (nowMs >= this.windowEndsMs) {
      this.windowEndsMs = nowMs + rules.rate_window_ms;
      this.taken = 0;
    }
    const perWindow = Math.max(1, Math.floor((perMinute * rules.rate_window_ms) / MINUTE_MS));
    if (this.taken < perWindow) {
      this.taken++;
      return undefined;
    }
    return {
      retryAfterSeconds: Math.ceil((this.windowEndsMs - nowMs) / 1000),
      text: limitText(perMinute),
    };
  }
}
