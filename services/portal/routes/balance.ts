import type { RequestHandler } from 'express';
import { decimalFromMinor } from '../../shared/money';
import type { Consistency } from '../consistency';
import type { PortalPorts } from '../http';
import { MAX_LIMIT, sendList, sendPage, tellNextPage } from '../list';
import type { EntryView, WithdrawalView } from '../ports';
import { Problem } from '../problems';
import { bodyOf } from '../request-body';
import { operationId, parsePage, parseWithdrawal } from '../requests';
import { sessionOf, singleHeader } from '../session';

const DEFAULT_STATEMENT_LIMIT = 100;

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

/** GET /api/user/withdrawals: newest first; all of them, or a page. */
export function listWithdrawals(
  { query }: Pick<PortalPorts, 'query'>,
  consistency: Consistency,
): RequestHandler {
  return async (request, response) => {
    const { accountId } = sessionOf(response);
    const { limit, cursor } = parsePage(request.query);
    const marks = consistency.marks(request, response);
    const first = await query.listWithdrawals({ accountId, cursor, limit: limit ?? MAX_LIMIT, marks });
    consistency.read(response, first.lagging);
    if (limit !== undefined) return sendPage(request, response, first, publicWithdrawal);
    const pageAt = (cursor: string) =>
      query.listWithdrawals({ accountId, cursor, limit: MAX_LIMIT, marks: [] });
    await sendList(response, first, pageAt, publicWithdrawal);
  };
}

/** GET /api/user/statement: a page of the ledger's entries, newest first. */
export function statement({ query }: Pick<PortalPorts, 'query'>, consistency: Consistency): RequestHandler {
  return async (request, response) => {
    const { limit = DEFAULT_STATEMENT_LIMIT, cursor } = parsePage(request.query);
    const marks = consistency.marks(request, response);
    const { accountId } = sessionOf(response);
    const { items, nextCursor, lagging } = await query.listEntries({ accountId, cursor, limit, marks });
    consistency.read(response, lagging);
    tellNextPage(request, response, nextCursor);
    response.json({ entries: items.map(publicEntry), ...(nextCursor !== '' && { next_cursor: nextCursor }) });
  };
}

function publicEntry(entry: EntryView): object {
  const { seq, kind, orderNumber, amountMinor, balanceMinor, heldMinor, processedAt } = entry;
  return {
    seq,
    kind,
    ...(orderNumber !== '' && { order: orderNumber }),
    amount: decimalFromMinor(amountMinor),
    balance: decimalFromMinor(balanceMinor),
    held: decimalFromMinor(heldMinor),
    processed_at: processedAt,
  };
}

function publicWithdrawal({ orderNumber, amountMinor, processedAt }: WithdrawalView): object {
  return { order: orderNumber, sum: decimalFromMinor(amountMinor), processed_at: processedAt };
}
