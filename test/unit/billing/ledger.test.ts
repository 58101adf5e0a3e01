import fc from 'fast-check';
import { accountActor, entryKey, pageKey } from '../../../services/billing/actors/account';
import { ENTRIES_PER_PAGE, type BookedEntry } from '../../../services/billing/domain/ledger';
import { ledgerEntry, type LedgerEntry } from '../../../services/shared/events/schemas';
import { MAX_AMOUNT_MINOR } from '../../../services/shared/money';
import { drive, type DrivenActor } from '../support/drive';

const NUMBERS = ['12345678903', '4561261212345467', '79927398713', '2377225624', '9278923470', '346436439'];
const T0 = Date.UTC(2026, 0, 1);
const account = (clock = () => T0) => drive(accountActor, clock).actor('alice');
const credit = (accrual_minor: number, order_number = NUMBERS[0]) => ({ order_number, accrual_minor });
const withdrawal = (operation_id: string, amount_minor: number, order_number = NUMBERS[1]) => ({
  operation_id,
  order_number,
  amount_minor,
});
type Account = DrivenActor<ReturnType<typeof accountActor.state.parse>, (typeof accountActor)['commands']>;

/** The ledger as it is kept: the sealed pages, oldest first, then the head's tail. */
function entriesOf(actor: Account): BookedEntry[] {
  const sealed = actor.keys().filter((key) => key.startsWith('page/')).length;
  const pages = Array.from({ length: sealed }, (_, page) => actor.document(pageKey(page)));
  return [
    ...(pages as { entries: BookedEntry[] }[]).flatMap((page) => page.entries),
    ...(actor.state?.tail ?? []),
  ];
}

describe('a credit', () => {
  test('is booked once, against the account that issues points', () => {
    const actor = account();
    const first = actor.send('credit', credit(72_998));
    expect(first).toEqual({
      ok: true,
      entry_id: `accrual:${NUMBERS[0]}`,
      seq: 1,
      balance_minor: 72_998,
      withdrawn_minor: 0,
      replayed: false,
    });
    expect(actor.send('credit', credit(72_998))).toEqual({ ...(first as object), replayed: true });
    expect(actor.commits).toBe(1);
    expect(entriesOf(actor)).toMatchObject([{ counter_account: 'accruals', withdrawal_seq: null }]);
    expect(actor.events).toHaveLength(1);
    expect(ledgerEntry.strict().parse(actor.events[0]?.event.data)).toMatchObject({
      seq: 1,
      account_id: 'alice',
    });
  });

  test.each([
    ['nothing', 0, 'invalid_amount'],
    ['a fraction', 0.5, 'invalid_amount'],
    ['less than nothing', -1, 'invalid_amount'],
    ['more than an amount may be', MAX_AMOUNT_MINOR + 1, 'invalid_amount'],
  ])('of %s is refused', (_, amount, slug) => {
    const actor = account();
    expect(actor.send('credit', credit(amount))).toEqual({ ok: false, slug });
    expect(actor.commits).toBe(0);
  });

  test('of the same order with another accrual is refused', () => {
    const actor = account();
    actor.send('credit', credit(100));
    expect(actor.send('credit', credit(101))).toEqual({ ok: false, slug: 'operation_reused' });
  });
});

describe('a withdrawal', () => {
  test.each([
    ['the whole balance', 500, { ok: true, balance_minor: 0, withdrawn_minor: 500, seq: 2 }],
    ['one hundredth', 1, { ok: true, balance_minor: 499, withdrawn_minor: 1, seq: 2 }],
    ['one hundredth too much', 501, { ok: false, slug: 'insufficient_points' }],
    ['nothing', 0, { ok: false, slug: 'invalid_amount' }],
    ['less than nothing', -1, { ok: false, slug: 'invalid_amount' }],
    ['more than an amount may be', MAX_AMOUNT_MINOR + 1, { ok: false, slug: 'invalid_amount' }],
  ])('of %s', (_, amount, expected) => {
    const actor = account();
    actor.send('credit', credit(500));
    expect(actor.send('withdraw', withdrawal('op', amount))).toMatchObject(expected);
  });

  test('is booked once, against the account that takes points, and numbered among the withdrawals', () => {
    const actor = account();
    actor.send('credit', credit(500));
    const first = actor.send('withdraw', withdrawal('op-1', 200));
    actor.send('withdraw', withdrawal('op-2', 300));
    expect(actor.send('withdraw', withdrawal('op-1', 200))).toEqual({ ...(first as object), replayed: true });
    expect(entriesOf(actor).slice(1)).toMatchObject([
      { counter_account: 'redemptions', amount_minor: -200, seq: 2, withdrawal_seq: 1 },
      { counter_account: 'redemptions', amount_minor: -300, seq: 3, withdrawal_seq: 2 },
    ]);
  });

  test.each([
    ['amount', withdrawal('op', 201)],
    ['order', withdrawal('op', 200, NUMBERS[2])],
  ])('with the same operation id and another %s is refused', (_, other) => {
    const actor = account();
    actor.send('credit', credit(500));
    actor.send('withdraw', withdrawal('op', 200));
    expect(actor.send('withdraw', other)).toEqual({ ok: false, slug: 'operation_reused' });
  });

  test('that was refused is decided anew', () => {
    const actor = account();
    expect(actor.send('withdraw', withdrawal('op', 200))).toMatchObject({ slug: 'insufficient_points' });
    actor.send('credit', credit(500));
    expect(actor.send('withdraw', withdrawal('op', 200))).toMatchObject({ ok: true, replayed: false });
  });

  test('keeps a client’s text out of the keys', () => {
    const actor = account();
    actor.send('credit', credit(500));
    actor.send('withdraw', withdrawal('../../Account/bob/head', 1));
    expect(actor.keys().every((key) => /^entry\/[0-9a-f]{64}$/.test(key))).toBe(true);
    expect(actor.keys()).toContain(entryKey('withdrawal:../../Account/bob/head'));
  });
});

describe('the ledger', () => {
  test('a turn’s writes do not grow with the history', () => {
    const actor = account();
    const turns = ENTRIES_PER_PAGE * 20 + 5;
    actor.send('credit', credit(turns));
    for (let turn = 1; turn < turns; turn++) {
      actor.send('withdraw', withdrawal(`op-${turn}`, 1));
      expect(actor.lastWritten.length).toBeLessThanOrEqual(2);
      expect(actor.lastRead).toBe(1);
      expect(actor.state?.tail.length).toBeLessThan(ENTRIES_PER_PAGE);
    }
    expect(entriesOf(actor).map(({ seq }) => seq)).toEqual(
      Array.from({ length: turns }, (_, index) => index + 1),
    );
  });

  test('totals stay exact: what would leave the safe integers is refused', () => {
    const actor = account();
    actor.send('credit', credit(1));
    const { state } = actor;
    expect(state).toBeDefined();
    const rich = drive({ ...accountActor }, () => T0).actor('alice');
    rich.plantHead({ ...state!, balance_minor: Number.MAX_SAFE_INTEGER - 5 });
    expect(rich.send('credit', credit(6))).toEqual({ ok: false, slug: 'invalid_amount' });
    expect(rich.send('credit', credit(5))).toMatchObject({ balance_minor: Number.MAX_SAFE_INTEGER });
  });

  const command = fc.oneof(
    fc.record({
      name: fc.constant('credit' as const),
      input: fc.record({
        order_number: fc.constantFrom(...NUMBERS),
        accrual_minor: fc.constantFrom(100, 250),
      }),
    }),
    fc.record({
      name: fc.constant('withdraw' as const),
      input: fc.record({
        operation_id: fc.integer({ min: 0, max: 60 }).map((n) => `op-${n}`),
        order_number: fc.constantFrom(NUMBERS[0], NUMBERS[1]),
        amount_minor: fc.constantFrom(-1, 0, 1, 2, 7, 150),
      }),
    }),
  );

  test('whatever is sent in whatever order, how often ever: it adds up', () => {
    fc.assert(
      fc.property(
        fc.array(command, { maxLength: 150 }),
        fc.array(fc.integer({ min: -50, max: 50 })),
        (commands, drift) => {
          let turn = 0;
          const actor = account(() => T0 + turn + (drift[turn % drift.length] ?? 0));
          const firstReplies = new Map<string, object>();
          let expectedBalance = 0;
          for (const { name, input } of commands) {
            turn++;
            const reply = actor.send(name, input) as { ok: boolean; entry_id: string; replayed: boolean };
            if (!reply.ok) continue;
            const { replayed, ...result } = reply;
            const first = firstReplies.get(reply.entry_id);
            expect(replayed).toBe(first !== undefined);
            if (first) expect(result).toEqual(first);
            else expectedBalance += 'accrual_minor' in input ? input.accrual_minor : -input.amount_minor;
            firstReplies.set(reply.entry_id, first ?? result);
          }
          const entries = entriesOf(actor);
          expect(actor.state?.balance_minor ?? 0).toBe(expectedBalance);
          expect(entries).toHaveLength(firstReplies.size);
          checkChain(entries);
          expect(actor.events.map(({ event }) => event.data)).toEqual(
            entries.map(({ counter_account: _, ...entry }) => entry),
          );
        },
      ),
    );
  });
});

/** Each entry follows from the one before: seq, totals, time; and the counter-accounts mirror the account. */
function checkChain(entries: BookedEntry[]): void {
  let before: Pick<LedgerEntry, 'balance_minor' | 'withdrawn_minor' | 'processed_at'> = {
    balance_minor: 0,
    withdrawn_minor: 0,
    processed_at: '',
  };
  let withdrawals = 0;
  entries.forEach((entry, index) => {
    const debit = entry.kind === 'withdrawal';
    expect(entry.seq).toBe(index + 1);
    expect(entry.withdrawal_seq).toBe(debit ? ++withdrawals : null);
    expect(entry.balance_minor).toBe(before.balance_minor + entry.amount_minor);
    expect(entry.withdrawn_minor).toBe(before.withdrawn_minor - (debit ? entry.amount_minor : 0));
    expect(entry.balance_minor).toBeGreaterThanOrEqual(0);
    expect(entry.processed_at >= before.processed_at).toBe(true);
    expect(entry.counter_account).toBe(debit ? 'redemptions' : 'accruals');
    before = entry;
  });
}
