import { GetChangesRequest, type QueryServiceClient } from '../../gen/gophermart/query/v1/query';
import type { Changes } from '../ports';
import { Problem } from '../problems';
import type { Calls } from './calls';
import { orderView } from './query-client';

/** How long query lets a question wait (query.proto). */
const MAX_WAIT_MS = 8_000;
/** What is left of a call's time for the answer. */
const ANSWER_MS = 1_500;
export const CHANGES_DEADLINE_MS = MAX_WAIT_MS + ANSWER_MS;

/**
 * Query's long question over gRPC.
 * @param calls of its own, with CHANGES_DEADLINE_MS: questions that wait take no place of those that do not
 */
export function createChanges(client: QueryServiceClient, calls: Calls): Changes {
  return {
    since: async (accountId, sinceVersion) => {
      const answer = await calls.call((metadata, options) => {
        const leftMs = Number(options.deadline) - Date.now() - ANSWER_MS;
        const waitMs = Math.max(0, Math.min(MAX_WAIT_MS, leftMs));
        const request = new GetChangesRequest({ accountId, sinceVersion, waitMs });
        return client.GetChanges(request, metadata, options);
      });
      if (!answer.ok) throw new Problem(answer.slug);
      const { version, reset, orders, currentMinor, withdrawnMinor } = answer.value;
      return { version, reset, orders: orders.map(orderView), currentMinor, withdrawnMinor };
    },
  };
}
