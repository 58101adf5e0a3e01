import type { RequestHandler } from 'express';
import { Problem } from './problems';
import { sessionOf } from './session';

/**
 * An account's requests come one after the other behind the portal, at some 5 ms each. So many are answered well
 * within a call's deadline; more would wait in vain, and their failures would open the breaker for everybody.
 */
export const MAX_REQUESTS_PER_ACCOUNT = 64;

/** Answers 503 at once to a customer who has so many requests under way. Stands after `requireSession`. */
export function boundPerAccount(maxUnderWay = MAX_REQUESTS_PER_ACCOUNT): RequestHandler {
  const underWay = new Map<string, number>();
  const leave = (accountId: string): void => {
    const left = (underWay.get(accountId) ?? 1) - 1;
    if (left === 0) underWay.delete(accountId);
    else underWay.set(accountId, left);
  };
  return (_request, response, next) => {
    const { accountId } = sessionOf(response);
    const others = underWay.get(accountId) ?? 0;
    if (others >= maxUnderWay) throw new Problem('overloaded');
    underWay.set(accountId, others + 1);
    response.once('close', () => leave(accountId));
    next();
  };
}
