import { isOrderNumber } from '../../shared/order-number';
import { Unavailable, type Purchases } from '../ports';

const DEADLINE_MS = 1_500;

/**
 * Demo purchases from fake-orders' REST API, GET /api/order.
 * @param url where fake-orders is; undefined where a deployment has none
 */
export function createPurchases(url: string | undefined): Purchases {
  return {
    newOrderNumber: async () => {
      if (url === undefined) throw new Unavailable('fake-orders');
      const number = await ask(new URL('/api/order', url)).catch((error: unknown) => {
        throw new Unavailable('fake-orders', error);
      });
      if (!isOrderNumber(number)) throw new Unavailable('fake-orders');
      return number;
    },
  };
}

async function ask(url: URL): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(DEADLINE_MS), redirect: 'error' });
  if (!response.ok) throw new Error(`status ${response.status}`);
  return (await response.text()).trim();
}
