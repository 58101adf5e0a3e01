import type { Hash } from './chain';

/**
 * The register of all accounts, so that they can be gone through without a search in the state: in shards by the
 * account id's hash, each a list in pages.
 */
export const REGISTER_SHARDS = 64;
export const ACCOUNTS_PER_PAGE = 128;

/** A shard's bounded head. */
export interface Shard {
  /** Full pages; they never change again. */
  pages: number;
  /** The newest accounts, which do not fill a page yet. */
  tail: string[];
}

export const emptyShard: Shard = { pages: 0, tail: [] };

/** The shard of an account; it never changes. */
export function shardOf(accountId: string, hash: Hash): string {
  return shardName(parseInt(hash(accountId).slice(0, 8), 16) % REGISTER_SHARDS);
}

const shardName = (shard: number): string => `shard-${shard}`;

export const shardNames: readonly string[] = Array.from({ length: REGISTER_SHARDS }, (_, shard) =>
  shardName(shard),
);

/** Adds an account that is not in the shard. @returns the page that it has filled, if it has */
export function withAccount(
  shard: Shard,
  accountId: string,
): { shard: Shard; sealed: { page: number; accounts: string[] } | undefined } {
  const tail = [...shard.tail, accountId];
  if (tail.length < ACCOUNTS_PER_PAGE) return { shard: { ...shard, tail }, sealed: undefined };
  return {
    shard: { pages: shard.pages + 1, tail: [] },
    sealed: { page: shard.pages, accounts: tail },
  };
}
