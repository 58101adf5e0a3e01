import {
  CreateOrderRequest,
  OpenAccountRequest,
  WithdrawRequest,
  type BillingServiceClient,
} from '../../gen/gophermart/billing/v1/billing';
import type { Billing } from '../ports';
import type { Calls } from './calls';

/** Billing over gRPC. */
export function createBilling(client: BillingServiceClient, calls: Calls): Billing {
  return {
    openAccount: async (accountId) => {
      const request = new OpenAccountRequest({ accountId });
      const answer = await calls.call((metadata, options) => client.OpenAccount(request, metadata, options));
      if (!answer.ok) throw new Error(`billing refused to open an account: ${answer.slug}`);
    },
    createOrder: async (accountId, number, operationId) => {
      const request = new CreateOrderRequest({ accountId, number, operationId });
      const answer = await calls.call((metadata, options) => client.CreateOrder(request, metadata, options));
      if (!answer.ok) return answer;
      const { created, version } = answer.value;
      return { ok: true, created, mark: { order: number, version } };
    },
    withdraw: async ({ accountId, orderNumber, amountMinor, operationId }) => {
      const request = new WithdrawRequest({ accountId, orderNumber, amountMinor, operationId });
      const answer = await calls.call((metadata, options) => client.Withdraw(request, metadata, options));
      if (!answer.ok) return answer;
      const { replayed, seq } = answer.value;
      // what a second attempt finds booked is most likely the first one's work, not an earlier request's
      return { ok: true, replayed: replayed && answer.attempts === 1, mark: { entry: seq } };
    },
  };
}
