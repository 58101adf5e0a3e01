import type { RequestHandler } from 'express';
import { decimalFromMinor } from '../../shared/money';
import type { Consistency } from '../consistency';
import type { PortalPorts } from '../http';
import { sendList } from '../list';
import type { OrderView } from '../ports';
import { Problem } from '../problems';
import { bodyOf } from '../request-body';
import { parseOrderNumber } from '../requests';
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

/** GET /api/user/orders: all of them, newest first. */
export function listOrders({ query }: Pick<PortalPorts, 'query'>, consistency: Consistency): RequestHandler {
  return async (request, response) => {
    const { accountId } = sessionOf(response);
    const marks = consistency.marks(request, response);
    const first = await query.listOrders({ accountId, cursor: '', marks });
    consistency.read(response, first.lagging);
    const pageAt = (cursor: string) => query.listOrders({ accountId, cursor, marks: [] });
    await sendList(response, first, pageAt, publicOrder);
  };
}

function publicOrder({ number, status, accrualMinor, uploadedAt }: OrderView): object {
  return {
    number,
    status,
    ...(accrualMinor !== undefined && { accrual: decimalFromMinor(accrualMinor) }),
    uploaded_at: uploadedAt,
  };
}
