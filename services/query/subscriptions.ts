import { on, type Subscription } from '../shared/dapr/subscription';
import type { OrderSnapshot } from '../shared/events/schemas';
import type { Views } from './actors/account-view';
import type { Watches } from './watches';

/** What the view is fed with. Each event may come late, twice or before its predecessor. */
export function subscriptions(views: Views, watches: Watches): Subscription[] {
  const applyOrder = async (order: OrderSnapshot): Promise<void> => {
    await views.of(order.account_id).applyOrder(order);
    watches.tell(order.account_id);
  };
  return [
    on('order_created', applyOrder),
    on('order_updated', applyOrder),
    on('transaction_processed', async (entry) => {
      await views.of(entry.account_id).applyEntry(entry);
      watches.tell(entry.account_id);
    }),
  ];
}
