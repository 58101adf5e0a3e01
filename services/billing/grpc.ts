import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { z } from 'zod';
import {
  CreateOrderResponse,
  OpenAccountResponse,
  WithdrawResponse,
  type CreateOrderRequest,
  type OpenAccountRequest,
  type WithdrawRequest,
} from '../gen/gophermart/billing/v1/billing';
import { accountId } from '../shared/events/schemas';
import { unary, type CallContext } from '../shared/grpc';
import type { Logger } from '../shared/log';
import { MAX_AMOUNT_MINOR } from '../shared/money';
import { orderNumber } from '../shared/order-number';
import { Refusal, type Slug } from '../shared/refusal';
import type { Accounts } from './actors/account';
import { sha256 } from './actors/ledger-documents';
import type { Orders } from './actors/order';
import type { Registers } from './actors/register';
import { shardOf } from './domain/register';

const operationId = z.string().min(1).max(128);
const amountMinor = z.number().int().min(1).max(MAX_AMOUNT_MINOR);

/** billing.proto's BillingService: checks what comes in, calls the actor, maps what it says. */
export function billingService(
  orders: Orders,
  accounts: Accounts,
  registers: Registers,
  log: Logger,
): UntypedServiceImplementation {
  // the register first: an account that is open is in it, whatever fails in between
  const openAccount = async (request: OpenAccountRequest, { deadlineMs }: CallContext) => {
    const account_id = parse(accountId, request.accountId, 'invalid_request');
    const account = accounts.of(account_id);
    if (await account.isOpened({}, { deadlineMs })) return new OpenAccountResponse({ opened: false });
    await registers.of(shardOf(account_id, sha256)).add({ account_id }, { deadlineMs });
    const opened = (await account.open({}, { deadlineMs })) === 'opened';
    return new OpenAccountResponse({ opened });
  };

  const createOrder = async (request: CreateOrderRequest, { deadlineMs }: CallContext) => {
    const account_id = parse(accountId, request.accountId, 'invalid_request');
    const operation_id = parse(operationId, request.operationId, 'invalid_request');
    const number = parse(orderNumber, request.number, 'invalid_order_number');
    const order = orders.of(number);
    const registered = await order.register({ number, account_id, operation_id }, { deadlineMs });
    if (!registered.ok) throw new Refusal(registered.slug);
    return new CreateOrderResponse({ number, created: registered.created, version: registered.version });
  };

  const withdraw = async (request: WithdrawRequest, { deadlineMs }: CallContext) => {
    const account_id = parse(accountId, request.accountId, 'invalid_request');
    const operation_id = parse(operationId, request.operationId, 'invalid_request');
    const order_number = parse(orderNumber, request.orderNumber, 'invalid_order_number');
    const amount_minor = parse(amountMinor, request.amountMinor, 'invalid_amount');
    const account = accounts.of(account_id);
    const posted = await account.withdraw({ operation_id, order_number, amount_minor }, { deadlineMs });
    if (!posted.ok) throw new Refusal(posted.slug);
    return new WithdrawResponse({
      entryId: posted.entry_id,
      seq: posted.seq,
      balanceMinor: posted.balance_minor,
      withdrawnMinor: posted.withdrawn_minor,
      replayed: posted.replayed,
    });
  };

  return {
    OpenAccount: unary(log, openAccount),
    CreateOrder: unary(log, createOrder),
    Withdraw: unary(log, withdraw),
  };
}

function parse<T>(schema: z.ZodType<T>, value: unknown, slug: Slug): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new Refusal(slug);
  return parsed.data;
}
