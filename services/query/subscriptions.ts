import { on, type Subscription } from '../shared/dapr/subscription';
import type { OrderSnapshot } from '../shared/events/schemas';
import type { Views } from './actors/account-view';

/** What the view is fed with. Each event may come late, twice or before its predecessor. */
export function subscriptions(views: Views): Subscription[] {
  const applyOrder = async (order: OrderSnapshot): Promise<void> => {
    await views.of(order.account_id).applyOrder(order);
  };
  return [
    on('order_created', applyOrder),
    on('order_updated', applyOrder),
    on('transaction_processed', async (entry) => {
      await views.of(entry.account_id).applyEntry(entry);
    }),
  ];
}
