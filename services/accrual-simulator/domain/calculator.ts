import { z } from 'zod';
import { orderNumber } from '../../shared/order-number';
import { accrualMinorOf, goods, MAX_GOODS, rewardRule, type Goods, type RewardRule } from './rewards';

export const MAX_ORDERS = 500_000;
export const MAX_RULES = 10_000;

export const orderRequest = z.object({ order: orderNumber, goods: z.array(goods).max(MAX_GOODS) });
export type OrderRequest = z.infer<typeof orderRequest>;

/** What the calculator remembers, one fact at a time; replayed in their order they give its state again. */
export const fact = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('rule'), rule: rewardRule }),
  z.object({
    kind: z.literal('order'),
    number: z.string(),
    goods: z.array(goods),
    registeredAtMs: z.number(),
  }),
  z.object({ kind: z.literal('result'), number: z.string(), accrualMinor: z.number().nullable() }),
]);
export type Fact = z.infer<typeof fact>;

export type Answer =
  { status: 'REGISTERED' | 'PROCESSING' | 'INVALID' } | { status: 'PROCESSED'; accrualMinor: number };

interface Order {
  registeredAtMs: number;
  /** Kept until there is a result. */
  goods: Goods[];
  /** In hundredths; null: INVALID; undefined: not worked out yet. */
  accrualMinor?: number | null;
}

/** The calculator's rules and orders. Time is a parameter; each change is told to `remember` before it holds. */
export class Calculator {
  private readonly rules = new Map<string, RewardRule>();
  private readonly orders = new Map<string, Order>();

  constructor(private readonly remember: (fact: Fact) => void) {}

  get counts(): { rules: number; orders: number } {
    return { rules: this.rules.size, orders: this.orders.size };
  }

  addRule(rule: RewardRule): 'added' | 'known' | 'full' {
    if (this.rules.has(rule.match)) return 'known';
    if (this.rules.size >= MAX_RULES) return 'full';
    this.happened({ kind: 'rule', rule });
    return 'added';
  }

  register(request: OrderRequest, nowMs: number): 'accepted' | 'known' | 'full' {
    if (this.orders.has(request.order)) return 'known';
    if (this.orders.size >= MAX_ORDERS) return 'full';
    this.happened({ kind: 'order', number: request.order, goods: request.goods, registeredAtMs: nowMs });
    return 'accepted';
  }

  /**
   * @param processingMs from registration to result; the order is REGISTERED for its first half
   * @returns undefined for a number that was never registered
   */
  ask(number: string, nowMs: number, processingMs: number): Answer | undefined {
    const order = this.orders.get(number);
    if (!order) return undefined;
    if (order.accrualMinor === undefined) {
      const ageMs = nowMs - order.registeredAtMs;
      // a calculator that was not given a single rule yet cannot call anything INVALID
      if (this.rules.size === 0 || ageMs < processingMs / 2) return { status: 'REGISTERED' };
      if (ageMs < processingMs) return { status: 'PROCESSING' };
      const accrualMinor = accrualMinorOf(order.goods, this.rules.values()) ?? null;
      this.happened({ kind: 'result', number, accrualMinor });
    }
    const accrualMinor = order.accrualMinor ?? null;
    return accrualMinor === null ? { status: 'INVALID' } : { status: 'PROCESSED', accrualMinor };
  }

  /** Brings back what was remembered. */
  replay(past: Fact): void {
    switch (past.kind) {
      case 'rule':
        this.rules.set(past.rule.match, past.rule);
        return;
      case 'order':
        this.orders.set(past.number, { registeredAtMs: past.registeredAtMs, goods: past.goods });
        return;
      case 'result': {
        const order = this.orders.get(past.number);
        if (order) Object.assign(order, { accrualMinor: past.accrualMinor, goods: [] });
      }
    }
  }

  private happened(news: Fact): void {
    this.remember(news);
    this.replay(news);
  }
}
