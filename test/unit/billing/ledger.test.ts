import { accountActor } from '../../../services/billing/actors/account';
import { entryKey } from '../../../services/billing/actors/ledger-documents';
import { ENTRIES_PER_PAGE } from '../../../services/billing/domain/entry';
import { ledgerEntry } from '../../../services/shared/events/schemas';
import { MAX_AMOUNT_MINOR } from '../../../services/shared/money';
import { drive } from '../support/drive';
import { account, credit, entriesOf, NUMBERS, T0, withdrawal } from './accounts';

describe('a credit', () => {
  test('is booked once, against the account that issues points', () => {
    const actor = account();
    const first = actor.send('credit', credit(72_998));
    expect(first).toEqual({
      ok: true,
      entry_id: `accrual:${NUMBERS[0]}`,
      seq: 1,
      balance_minor: 72_998,
      held_minor: 0,
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
});
