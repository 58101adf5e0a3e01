import { on, type Subscription } from '../shared/dapr/subscription';
import type { CloudEvent } from '../shared/events/cloud-event';
import type { OrderSnapshot } from '../shared/events/schemas';
import type { Applied, Views } from './actors/account-view';
import type { QueryMetrics } from './metrics';
import type { Watches } from './watches';

/** What the view is fed with. Each event may come late, twice or before its predecessor. */
export function subscriptions(
  views: Views,
  watches: Watches,
  { lag }: QueryMetrics,
  nowMs: () => number = Date.now,
): Subscription[] {
  const tell = (account: string, applied: Applied, { type, time }: CloudEvent): void => {
    watches.tell(account);
    // clocks of two machines differ: an event cannot be applied before it has happened
    if (applied === 'applied') lag.observe({ event: type }, Math.max(0, nowMs() - Date.parse(time)) / 1_000);
  };
  const applyOrder = async (order: OrderSnapshot, event: CloudEvent): Promise<void> => {
    tell(order.account_id, await views.of(order.account_id).applyOrder(order), event);
  };
  return [
    on('order_created', applyOrder),
    on('order_updated', applyOrder),
    on('transaction_processed', async (entry, event) => {
      tell(entry.account_id, await views.of(entry.account_id).applyEntry(entry), event);
    }),
  ];
}
