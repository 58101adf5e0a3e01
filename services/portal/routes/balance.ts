import type { RequestHandler } from 'express';
import { decimalFromMinor } from '../../shared/money';
import type { Consistency } from '../consistency';
import type { PortalPorts } from '../http';
import { sendList } from '../list';
import type { WithdrawalView } from '../ports';
import { Problem } from '../problems';
import { bodyOf } from '../request-body';
import { operationId, parseWithdrawal } from '../requests';
import { sessionOf, singleHeader } from '../session';

/** GET /api/user/balance */
export function balance({ query }: Pick<PortalPorts, 'query'>, consistency: Consistency): RequestHandler {
  return async (request, response) => {
    const marks = consistency.marks(request, response);
    const { currentMinor, withdrawnMinor, lagging } = await query.balance(
      sessionOf(response).accountId,
      marks,
    );
    consistency.read(response, lagging);
    response.json({ current: decimalFromMinor(currentMinor), withdrawn: decimalFromMinor(withdrawnMinor) });
  };
}

/** POST /api/user/balance/withdraw: pays for an order, which need not be one that was uploaded. */
export function withdraw(
  { billing, newId }: Pick<PortalPorts, 'billing' | 'newId'>,
  consistency: Consistency,
): RequestHandler {
  return async (request, response) => {
    const { accountId } = sessionOf(response);
    const operation = operationId(accountId, singleHeader(request, 'Idempotency-Key'), newId);
    const { orderNumber, amountMinor } = parseWithdrawal(bodyOf(request));
    const outcome = await billing.withdraw({ accountId, orderNumber, amountMinor, operationId: operation });
    if (!outcome.ok) throw new Problem(outcome.slug);
    consistency.wrote(response, outcome.mark);
    if (outcome.replayed) response.set('Idempotency-Replayed', 'true');
    response.status(200).end();
  };
}

/** GET /api/user/withdrawals: all of them, newest first. */
export function listWithdrawals(
  { query }: Pick<PortalPorts, 'query'>,
  consistency: Consistency,
): RequestHandler {
  return async (request, response) => {
    const { accountId } = sessionOf(response);
    const marks = consistency.marks(request, response);
    const first = await query.listWithdrawals({ accountId, cursor: '', marks });
    consistency.read(response, first.lagging);
    const pageAt = (cursor: string) => query.listWithdrawals({ accountId, cursor, marks: [] });
    await sendList(response, first, pageAt, publicWithdrawal);
  };
}

function publicWithdrawal({ orderNumber, amountMinor, processedAt }: WithdrawalView): object {
  return { order: orderNumber, sum: decimalFromMinor(amountMinor), processed_at: processedAt };
}
