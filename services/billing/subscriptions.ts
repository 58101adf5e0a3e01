import { DeadLetter, on, type Subscription } from '../shared/dapr/subscription';
import type { Logger } from '../shared/log';
import type { BillingMetrics } from './metrics';
import type { Accounts } from './actors/account';
import type { Orders } from './actors/order';
import type { Accrual } from './domain/order';

/** What billing does when it is told something. */
export function subscriptions(
  orders: Orders,
  accounts: Accounts,
  metrics: BillingMetrics,
  log: Logger,
): Subscription[] {
  const move = async (number: string, accrual: Accrual): Promise<void | DeadLetter> => {
    const result = await orders.of(number).applyAccrual(accrual);
    if (result === 'unknown_order') return new DeadLetter('unknown_order');
    if (result !== 'contradicted') return;
    metrics.contradictions.inc({ event: accrual.name });
    log.warn({ number, accrual }, 'the accrual contradicts the order’s end');
  };
  return [
    on('accrual_started', ({ number }) => move(number, { name: 'accrual_started' })),
    on('accrual_finished', ({ number, accrual_minor }) =>
      move(number, { name: 'accrual_finished', accrual_minor }),
    ),
    on('accrual_failed', ({ number, reason }) => move(number, { name: 'accrual_failed', reason })),
    on('order_updated', async ({ status, account_id, number, accrual_minor }, { id: cause }) => {
      if (status !== 'PROCESSED' || !accrual_minor) return;
      const credited = await accounts.of(account_id).credit({ order_number: number, accrual_minor, cause });
      if (!credited.ok) return new DeadLetter(credited.slug);
    }),
  ];
}
