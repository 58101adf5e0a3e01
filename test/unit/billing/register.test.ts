import { sha256 } from '../../../services/billing/actors/ledger-documents';
import { registerActor } from '../../../services/billing/actors/register';
import {
  ACCOUNTS_PER_PAGE,
  REGISTER_SHARDS,
  shardNames,
  shardOf,
} from '../../../services/billing/domain/register';
import { drive } from '../support/drive';

const accounts = Array.from({ length: 3 * ACCOUNTS_PER_PAGE + 5 }, (_, n) => `account-${n}`);

const newShard = () => drive(registerActor).actor('shard-0');

/** What a shard lists, page by page. */
function listed(actor: ReturnType<typeof newShard>): string[] {
  const found: string[] = [];
  for (let page: number | null = 0; page !== null;) {
    const answer = actor.send('list', { page }) as { accounts: string[]; next: number | null };
    found.push(...answer.accounts);
    page = answer.next;
  }
  return found;
}

test('a shard lists each of its accounts once, in pages, and a turn’s writes do not grow', () => {
  const actor = newShard();
  for (const account_id of accounts) {
    expect(actor.send('add', { account_id })).toBe('added');
    expect(actor.send('add', { account_id })).toBe('known');
    expect(actor.lastWritten.length).toBeLessThanOrEqual(2);
    expect(actor.state!.tail.length).toBeLessThan(ACCOUNTS_PER_PAGE);
  }
  expect(listed(actor)).toEqual(accounts);
  expect(actor.commits).toBe(accounts.length);
});

test('an empty shard lists nothing, and neither does a page after the last', () => {
  const actor = newShard();
  expect(listed(actor)).toEqual([]);
  expect(actor.send('list', { page: 7 })).toEqual({ accounts: [], next: null });
});

test('accounts go to all shards, each always to the same', () => {
  const used = new Set(accounts.map((account) => shardOf(account, sha256)));
  expect(used.size).toBeGreaterThan(REGISTER_SHARDS * 0.9);
  expect([...used].every((shard) => shardNames.includes(shard))).toBe(true);
  expect(shardOf('alice', sha256)).toBe(shardOf('alice', sha256));
});
