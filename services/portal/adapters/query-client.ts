import {
  EntryMark,
  GetBalanceRequest,
  GetOrderRequest,
  ListEntriesRequest,
  ListOrdersRequest,
  ListWithdrawalsRequest,
  Mark as MarkMessage,
  OrderMark,
  type Entry,
  type Order,
  type QueryServiceClient,
} from '../../gen/gophermart/query/v1/query';
import { Problem } from '../problems';
import type { EntryView, Mark, OrderView, Query, WithdrawalView } from '../ports';
import type { Calls, Send } from './calls';

/** Query over gRPC. A refusal becomes the problem of the same name. */
export function createQuery(client: QueryServiceClient, calls: Calls): Query {
  const ask = async <T>(send: Send<T>): Promise<T> => {
    const answer = await calls.call(send);
    if (!answer.ok) throw new Problem(answer.slug);
    return answer.value;
  };
  return {
    listOrders: async ({ accountId, cursor, limit, marks }) => {
      const request = new ListOrdersRequest({ accountId, cursor, limit, marks: messages(marks) });
      const page = await ask((metadata, options) => client.ListOrders(request, metadata, options));
      return { items: page.orders.map(orderView), nextCursor: page.nextCursor, lagging: page.lagging };
    },
    order: async (accountId, number, marks) => {
      const request = new GetOrderRequest({ accountId, number, marks: messages(marks) });
      const answer = await ask((metadata, options) => client.GetOrder(request, metadata, options));
      const history = answer.history.map(({ status, at, cause }) => ({ status, at, cause }));
      return { order: orderView(answer.order), history, lagging: answer.lagging };
    },
    listWithdrawals: async ({ accountId, cursor, limit, marks }) => {
      const request = new ListWithdrawalsRequest({ accountId, cursor, limit, marks: messages(marks) });
      const page = await ask((metadata, options) => client.ListWithdrawals(request, metadata, options));
      const items = page.withdrawals.map(withdrawalView);
      return { items, nextCursor: page.nextCursor, lagging: page.lagging };
    },
    listEntries: async ({ accountId, cursor, limit, marks }) => {
      const request = new ListEntriesRequest({ accountId, cursor, limit, marks: messages(marks) });
      const page = await ask((metadata, options) => client.ListEntries(request, metadata, options));
      return { items: page.entries.map(entryView), nextCursor: page.nextCursor, lagging: page.lagging };
    },
    balance: async (accountId, marks) => {
      const request = new GetBalanceRequest({ accountId, marks: messages(marks) });
      const { currentMinor, withdrawnMinor, lagging } = await ask((metadata, options) =>
        client.GetBalance(request, metadata, options),
      );
      return { currentMinor, withdrawnMinor, lagging };
    },
  };
}

function messages(marks: readonly Mark[]): MarkMessage[] {
  return marks.map((mark) =>
    'entry' in mark
      ? new MarkMessage({ entry: new EntryMark({ seq: mark.entry }) })
      : new MarkMessage({ order: new OrderMark({ number: mark.order, version: mark.version }) }),
  );
}

export function orderView(order: Order): OrderView {
  const { number, status, uploadedAt } = order;
  return { number, status, uploadedAt, ...(order.hasAccrualMinor && { accrualMinor: order.accrualMinor }) };
}

function entryView(entry: Entry): EntryView {
  const { seq, kind, orderNumber, amountMinor, balanceMinor, heldMinor, processedAt } = entry;
  return { seq, kind, orderNumber, amountMinor, balanceMinor, heldMinor, processedAt };
}

/** A withdrawal is a debit in the ledger; its customer sees the sum without the sign. */
function withdrawalView(entry: Entry): WithdrawalView {
  const { orderNumber, amountMinor, processedAt } = entry;
  return { orderNumber, amountMinor: Math.abs(amountMinor), processedAt };
}
