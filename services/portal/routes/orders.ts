import type { RequestHandler } from 'express';
import { decimalFromMinor } from '../../shared/money';
import { isOrderNumber } from '../../shared/order-number';
import type { Consistency } from '../consistency';
import type { PortalPorts } from '../http';
import { MAX_LIMIT, sendList, sendPage } from '../list';
import type { OrderView } from '../ports';
import { Problem } from '../problems';
import { bodyOf } from '../request-body';
import { parseOrderNumber, parsePage } from '../requests';
import { sessionOf } from '../session';

/** POST /api/user/orders: 202 for a new order, 200 for one that the customer had uploaded before. */
export function uploadOrder(
  { billing, newId }: Pick<PortalPorts, 'billing' | 'newId'>,
  consistency: Consistency,
): RequestHandler {
  return async (request, response) => {
    const number = parseOrderNumber(bodyOf(request));
    const outcome = await billing.createOrder(sessionOf(response).accountId, number, newId());
    if (!outcome.ok) throw new Problem(outcome.slug);
    consistency.wrote(response, outcome.mark);
    response.status(outcome.created ? 202 : 200).end();
  };
}

/** GET /api/user/orders: newest first; all of them, or a page. */
export function listOrders({ query }: Pick<PortalPorts, 'query'>, consistency: Consistency): RequestHandler {
  return async (request, response) => {
    const { accountId } = sessionOf(response);
    const { limit, cursor } = parsePage(request.query);
    const marks = consistency.marks(request, response);
    const first = await query.listOrders({ accountId, cursor, limit: limit ?? MAX_LIMIT, marks });
    consistency.read(response, first.lagging);
    if (limit !== undefined) return sendPage(request, response, first, publicOrder);
    const pageAt = (cursor: string) => query.listOrders({ accountId, cursor, limit: MAX_LIMIT, marks: [] });
    await sendList(response, first, pageAt, publicOrder);
  };
}

/** GET /api/user/orders/{number}. Refuses with order_not_found, alike for another's order and for none. */
export function oneOrder({ query }: Pick<PortalPorts, 'query'>, consistency: Consistency): RequestHandler {
  return async (request, response) => {
    const { number } = request.params;
    if (typeof number !== 'string' || !isOrderNumber(number)) throw new Problem('order_not_found');
    const marks = consistency.marks(request, response);
    const { order, history, lagging } = await query.order(sessionOf(response).accountId, number, marks);
    consistency.read(response, lagging);
    response.json({ ...publicOrder(order), history });
  };
}

export function publicOrder({ number, status, accrualMinor, uploadedAt }: OrderView): object {
  return {
    number,
    status,
    ...(accrualMinor !== undefined && { accrual: decimalFromMinor(accrualMinor) }),
    uploaded_at: uploadedAt,
  };
}
