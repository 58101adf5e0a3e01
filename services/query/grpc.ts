import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { z } from 'zod';
import {
  GetBalanceResponse,
  GetChangesResponse,
  GetOrderResponse,
  ListEntriesResponse,
  ListOrdersResponse,
  ListWithdrawalsResponse,
  type GetBalanceRequest,
  type GetChangesRequest,
  type GetOrderRequest,
  type ListEntriesRequest,
  type ListOrdersRequest,
  type ListWithdrawalsRequest,
} from '../gen/gophermart/query/v1/query';
import { accountId } from '../shared/events/schemas';
import { unary, type CallContext } from '../shared/grpc';
import type { Logger } from '../shared/log';
import { orderNumber } from '../shared/order-number';
import { Refusal, type Slug } from '../shared/refusal';
import type { Views } from './actors/account-view';
import { MAX_LIMIT } from './actors/reads';
import { entryCursor, formatEntryCursor, formatOrderCursor, orderCursor } from './cursors';
import { askUntilChanged, MAX_WAIT_MS } from './long-poll';
import { entryMessage, historyMessages, orderMessage, parseMarks } from './messages';
import { askUntilShown, type Clock } from './patience';
import type { Watches } from './watches';

const DEFAULT_LIMIT = 100;
/** query.proto: 0 means the default. */
const limitSchema = z
  .number()
  .int()
  .min(0)
  .max(MAX_LIMIT)
  .transform((limit) => limit || DEFAULT_LIMIT);
const versionSchema = z.number().int().min(0);
const waitSchema = z.number().int().min(0).max(MAX_WAIT_MS);

/** query.proto's QueryService: checks what comes in, asks the account's view, maps what it says. */
export function queryService(
  views: Views,
  watches: Watches,
  log: Logger,
  clock?: Clock,
): UntypedServiceImplementation {
  const viewOf = (account: string) => views.of(parse(accountId, account, 'invalid_request'));

  const listOrders = async (request: ListOrdersRequest, options: CallContext) => {
    const view = viewOf(request.accountId);
    const limit = parse(limitSchema, request.limit, 'invalid_request');
    const question = { marks: parseMarks(request.marks), limit, after: orderCursor(request.cursor) };
    const { orders, next, lagging } = await askUntilShown(() => view.listOrders(question, options), clock);
    const nextCursor = formatOrderCursor(next);
    return new ListOrdersResponse({ orders: orders.map(orderMessage), nextCursor, lagging });
  };

  const getOrder = async (request: GetOrderRequest, options: CallContext) => {
    const view = viewOf(request.accountId);
    const number = parse(orderNumber, request.number, 'order_not_found');
    const question = { number, marks: parseMarks(request.marks) };
    const { order, lagging } = await askUntilShown(() => view.getOrder(question, options), clock);
    if (!order) throw new Refusal('order_not_found');
    return new GetOrderResponse({ order: orderMessage(order), history: historyMessages(order), lagging });
  };

  const getBalance = async (request: GetBalanceRequest, options: CallContext) => {
    const view = viewOf(request.accountId);
    const question = { marks: parseMarks(request.marks) };
    const answer = await askUntilShown(() => view.balance(question, options), clock);
    const { balance_minor, withdrawn_minor, lagging } = answer;
    return new GetBalanceResponse({
      currentMinor: balance_minor,
      withdrawnMinor: withdrawn_minor,
      lagging,
    });
  };

  const listWithdrawals = async (request: ListWithdrawalsRequest, options: CallContext) => {
    const view = viewOf(request.accountId);
    const question = entryQuestion(request, 'withdrawals');
    const answer = await askUntilShown(() => view.listWithdrawals(question, options), clock);
    return new ListWithdrawalsResponse({
      withdrawals: answer.entries.map(entryMessage),
      nextCursor: formatEntryCursor(answer.next, 'withdrawals'),
      lagging: answer.lagging,
    });
  };

  const listEntries = async (request: ListEntriesRequest, options: CallContext) => {
    const view = viewOf(request.accountId);
    const question = entryQuestion(request, 'entries');
    const answer = await askUntilShown(() => view.listEntries(question, options), clock);
    return new ListEntriesResponse({
      entries: answer.entries.map(entryMessage),
      nextCursor: formatEntryCursor(answer.next, 'entries'),
      lagging: answer.lagging,
    });
  };

  const getChanges = async (request: GetChangesRequest, options: CallContext) => {
    const view = viewOf(request.accountId);
    const since = parse(versionSchema, request.sinceVersion, 'invalid_request');
    const waitMs = parse(waitSchema, request.waitMs, 'invalid_request');
    const ask = () => view.changes({ since }, options);
    const question = { account: request.accountId, since, waitMs };
    const answer = await askUntilChanged(ask, question, watches, clock);
    return new GetChangesResponse({
      version: answer.version,
      reset: answer.orders === null,
      orders: (answer.orders ?? []).map(orderMessage),
      currentMinor: answer.balance_minor,
      withdrawnMinor: answer.withdrawn_minor,
    });
  };

  return {
    ListOrders: unary(log, listOrders),
    GetOrder: unary(log, getOrder),
    GetBalance: unary(log, getBalance),
    ListWithdrawals: unary(log, listWithdrawals),
    ListEntries: unary(log, listEntries),
    GetChanges: unary(log, getChanges),
  };
}

function entryQuestion(
  request: ListEntriesRequest | ListWithdrawalsRequest,
  list: 'entries' | 'withdrawals',
) {
  return {
    marks: parseMarks(request.marks),
    limit: parse(limitSchema, request.limit, 'invalid_request'),
    before: entryCursor(request.cursor, list),
  };
}

function parse<T>(schema: z.ZodType<T>, value: unknown, slug: Slug): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new Refusal(slug);
  return parsed.data;
}
