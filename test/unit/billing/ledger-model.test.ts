import fc from 'fast-check';
import { pageKey, sha256 } from '../../../services/billing/actors/ledger-documents';
import { firstBreak } from '../../../services/billing/domain/chain';
import { counterAccounts, ENTRIES_PER_PAGE, type BookedEntry } from '../../../services/billing/domain/entry';
import { account, credit, entriesOf, NUMBERS, T0, withdrawal, type AccountUnderTest } from './accounts';

/** What a caller may send; the same operation comes again, now and then with another body. */
const operation = fc.integer({ min: 0, max: 12 }).map((n) => `op-${n}`);
const amount = fc.constantFrom(-1, 0, 1, 7, 60, 150);
const order = fc.constantFrom(...NUMBERS);
const entryId = fc.oneof(
  operation.map((id) => `withdrawal:${id}`),
  order.map((number) => `accrual:${number}`),
  operation.map((id) => `capture:hold:${id}`),
  operation.map((id) => `adjustment:${id}`),
);
const holdFor = fc.constantFrom(1, 5, 40);
const command = fc.oneof(
  fc.tuple(
    fc.constant('credit' as const),
    fc.tuple(fc.constantFrom(100, 250), order).map((of) => credit(...of)),
  ),
  fc.tuple(
    fc.constant('withdraw' as const),
    fc.tuple(operation, amount).map((of) => withdrawal(...of)),
  ),
  fc.tuple(
    fc.constant('adjust' as const),
    fc.record({ operation_id: operation, amount_minor: amount, reason: fc.constant('why') }),
  ),
  fc.tuple(fc.constant('reverse' as const), fc.record({ entry_id: entryId, reason: fc.constant('why') })),
  fc.tuple(
    fc.constant('authorise' as const),
    fc
      .tuple(operation, amount, holdFor)
      .map(([id, minor, held_for_ms]) => ({ ...withdrawal(id, minor), held_for_ms })),
  ),
  fc.tuple(fc.constant('captureHold' as const), fc.record({ operation_id: operation, amount_minor: amount })),
  fc.tuple(fc.constant('voidHold' as const), fc.record({ operation_id: operation })),
);
/** A commit may fail (nothing is kept) or its answer be lost (the same is sent again at once). */
const fate = fc.constantFrom('kept', 'kept', 'kept', 'commit failed', 'answer lost', 'reminder fires');
const story = fc.array(fc.record({ command, fate, passedMs: fc.integer({ min: -20, max: 20 }) }), {
  maxLength: 150,
  size: 'max',
});

interface Reply {
  ok: boolean;
  entry_id: string;
  replayed: boolean;
}

/** The simplest thing that could be true: what was booked first under each id. */
class Model {
  private readonly first = new Map<string, object>();
  constructor(private readonly actor: AccountUnderTest) {}

  send(name: Parameters<AccountUnderTest['send']>[0], input: unknown): void {
    const { commits } = this.actor;
    const reply = this.actor.send(name, input) as Reply;
    expect(this.actor.commits - commits).toBe(reply.ok && !reply.replayed ? 1 : 0);
    if (!reply.ok) return;
    const { replayed, ...result } = reply;
    const first = this.first.get(reply.entry_id);
    if (first) expect(result).toEqual(first);
    // a hold that has expired was released without a request: then the first one to ask finds it so
    else expect(replayed).toBe(reply.entry_id.startsWith('release:') && replayed);
    this.first.set(reply.entry_id, result);
  }
}

function tell(steps: (typeof story extends fc.Arbitrary<infer T> ? T : never)[number][]): AccountUnderTest {
  let nowMs = T0;
  const actor = account(() => nowMs);
  const model = new Model(actor);
  for (const { command, fate, passedMs } of steps) {
    nowMs += passedMs;
    const [name, input] = command;
    if (fate === 'commit failed') actor.lose(name, input);
    if (fate === 'answer lost') model.send(name, input);
    if (fate === 'reminder fires') actor.fire('expiry');
    model.send(name, input);
    expect(spendable(actor)).toBeGreaterThanOrEqual(0);
  }
  checkTotals(actor);
  return actor;
}

const spendable = ({ state }: AccountUnderTest): number =>
  state ? state.balance_minor - state.held_minor : 0;

/** The sums of the entries; each id counted once; two sides of every entry. */
function checkTotals(actor: AccountUnderTest): void {
  const entries = entriesOf(actor);
  const sum = (of: (entry: BookedEntry) => number): number =>
    entries.reduce((total, entry) => total + of(entry), 0);
  const { state } = actor;
  if (!state) return expect(entries).toEqual([]);
  expect(state.balance_minor).toBe(sum(({ amount_minor }) => amount_minor));
  expect(state.held_minor).toBe(sum(({ held_change_minor }) => held_change_minor));
  expect(state.held_minor).toBe(state.holds.reduce((total, hold) => total + hold.amount_minor, 0));
  const redeemed = sum((entry) => (entry.counter_account === 'redemptions' ? -entry.amount_minor : 0));
  expect(state.withdrawn_minor).toBe(redeemed);
  expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
  expect(entries.every(({ counter_account }) => counterAccounts.includes(counter_account))).toBe(true);
}

test('whatever is sent in whatever order, how often ever, and whatever is lost: it adds up', () => {
  fc.assert(
    fc.property(story, (steps) => {
      const actor = tell(steps);
      const entries = entriesOf(actor);
      expect(firstBreak(entries, sha256)).toBeUndefined();
      expect(entries.at(-1)?.hash).toBe(actor.state?.hash);
      const withdrawals = entries.flatMap(({ withdrawal_seq }) => withdrawal_seq ?? []);
      expect(withdrawals).toEqual(withdrawals.map((_, index) => index + 1));
      const told = entries.map(({ counter_account: _, previous_hash: __, ...entry }) => entry);
      expect(actor.events.map(({ event }) => event.data)).toEqual(told);
    }),
    { numRuns: 40 },
  );
});

describe('a ledger that was tampered with', () => {
  const actor = account();
  for (const [index, number] of NUMBERS.entries()) actor.send('credit', credit(100 + index, number));
  for (let n = 0; n < 2 * ENTRIES_PER_PAGE; n++) actor.send('withdraw', withdrawal(`op-${n}`, 1));
  const whole = entriesOf(actor);

  test('is whole before', () => expect(firstBreak(whole, sha256)).toBeUndefined());

  test('shows it, whatever field of whatever entry was changed', () => {
    const fields = Object.keys(whole[0]!) as (keyof BookedEntry)[];
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.constantFrom(...fields), (at, field) => {
        const entry = whole[at]!;
        const was = entry[field];
        const changed = { ...entry, [field]: typeof was === 'number' ? was + 1 : `${was ?? ''}0` };
        const entries = whole.with(at, changed as BookedEntry);
        expect(firstBreak(entries, sha256)).toBe(at + 1);
      }),
    );
  });

  test.each<[string, (entries: BookedEntry[]) => BookedEntry[], number]>([
    ['an entry is missing', (entries) => entries.toSpliced(9, 1), 10],
    ['an entry is there twice', (entries) => entries.toSpliced(9, 0, entries[9]!), 11],
    ['two have changed places', (entries) => entries.with(9, entries[10]!).with(10, entries[9]!), 10],
  ])('shows it when %s', (_, tamper, seq) => {
    expect(firstBreak(tamper(whole), sha256)).toBe(seq);
  });

  test('a page is checked from the entry before it', () => {
    const page = actor.document(pageKey(1)) as { entries: BookedEntry[] };
    expect(firstBreak(page.entries, sha256, whole[ENTRIES_PER_PAGE - 1])).toBeUndefined();
    expect(firstBreak(page.entries, sha256)).toBe(1);
  });
});
