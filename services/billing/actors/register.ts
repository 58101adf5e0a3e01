import { z } from 'zod';
import { defineActor, type CommandSpec } from '../../shared/dapr/actor';
import type { Actors } from '../../shared/dapr/client';
import { accountId } from '../../shared/events/schemas';
import { emptyShard, withAccount, type Shard } from '../domain/register';

const count = z.number().int().min(0);
const state: z.ZodType<Shard> = z.object({ pages: count, tail: z.array(accountId) });
const page = z.object({ accounts: z.array(accountId) });

const memberKey = (account: string): string => `account/${account}`;
const pageKey = (number: number): string => `page/${number}`;

const addition = z.object({ account_id: accountId });

/** Told again, it changes nothing. It tells nobody, so that there is no relay for anybody to drive. */
const add: CommandSpec<Shard, z.infer<typeof addition>, 'added' | 'known'> = {
  startedBy: 'message',
  input: addition,
  documents: ({ account_id }) => [memberKey(account_id)],
  decide: ({ state = emptyShard, documents }, { account_id }) => {
    if (documents.get(memberKey(account_id), z.literal(true))) return { reply: 'known' };
    const { shard, sealed } = withAccount(state, account_id);
    return {
      reply: 'added',
      state: shard,
      inserts: {
        [memberKey(account_id)]: true,
        ...(sealed && { [pageKey(sealed.page)]: { accounts: sealed.accounts } }),
      },
    };
  },
};

const listing = z.object({ page: count });

/** A page of the shard's accounts, the oldest first; `next` is null after the last. */
const list: CommandSpec<Shard, z.infer<typeof listing>, { accounts: string[]; next: number | null }> = {
  startedBy: 'read',
  input: listing,
  more: ({ state = emptyShard }, asked) => (asked.page < state.pages ? [pageKey(asked.page)] : []),
  decide: ({ state = emptyShard, documents }, asked) => {
    if (asked.page >= state.pages)
      return { reply: { accounts: asked.page === state.pages ? state.tail : [], next: null } };
    const full = documents.get(pageKey(asked.page), page);
    if (!full) throw new Error(`${pageKey(asked.page)} of the register is not stored`);
    return { reply: { accounts: full.accounts, next: asked.page + 1 } };
  },
};

const commands = { add, list };

/** The register's shards by their name. */
export type Registers = Actors<typeof commands>;

export const registerActor = defineActor<Shard, typeof commands>({ type: 'Register', state, commands });
