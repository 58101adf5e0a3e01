import { MAX_HOLD_MS, MAX_OPEN_HOLDS } from '../../../services/billing/domain/holds';
import { account, credit, entriesOf, NUMBERS, T0, withdrawal } from './accounts';

const HOUR_MS = 3_600_000;
let nowMs = T0;
beforeEach(() => (nowMs = T0));

function accountWith(points: number) {
  const actor = account(() => nowMs);
  actor.send('credit', credit(points));
  return actor;
}
const hold = (operation_id: string, amount_minor: number, held_for_ms = HOUR_MS) => ({
  ...withdrawal(operation_id, amount_minor),
  held_for_ms,
});
const refused = (slug: string) => ({ ok: false, slug });

describe('a reversal', () => {
  const accrued = `accrual:${NUMBERS[0]}`;

  test('of a withdrawal gives its points back, once, and names it', () => {
    const actor = accountWith(500);
    actor.send('withdraw', withdrawal('op', 200));
    const asked = { entry_id: 'withdrawal:op', reason: 'the shop was closed' };
    const first = actor.send('reverse', asked);
    expect(first).toMatchObject({ ok: true, seq: 3, balance_minor: 500, withdrawn_minor: 0 });
    const again = actor.send('reverse', { ...asked, reason: 'told in other words' });
    expect(again).toEqual({ ...(first as object), replayed: true });
    expect(entriesOf(actor)[2]).toMatchObject({
      kind: 'reversal',
      refers_to: 'withdrawal:op',
      counter_account: 'redemptions',
      amount_minor: 200,
      withdrawal_seq: null,
      order_number: NUMBERS[1],
      cause: 'the shop was closed',
    });
  });

  test('of an accrual takes its points, if they are still there; the order is not credited again', () => {
    const actor = accountWith(500);
    actor.send('withdraw', withdrawal('op', 1));
    const asked = { entry_id: accrued, reason: 'fraud' };
    expect(actor.send('reverse', asked)).toEqual(refused('insufficient_points'));
    actor.send('reverse', { entry_id: 'withdrawal:op', reason: 'fraud' });
    expect(actor.send('reverse', asked)).toMatchObject({ ok: true, balance_minor: 0 });
    expect(actor.send('credit', credit(500))).toMatchObject({ ok: true, replayed: true });
    expect(actor.state?.balance_minor).toBe(0);
  });

  test.each([
    ['nothing that was booked', 'withdrawal:other', 'entry_not_found'],
    ['a reversal', `reversal:${accrued}`, 'not_reversible'],
    ['an adjustment', 'adjustment:op', 'not_reversible'],
    ['a hold', 'hold:op', 'not_reversible'],
  ])('of %s is refused', (_, entry_id, slug) => {
    const actor = accountWith(500);
    actor.send('reverse', { entry_id: accrued, reason: 'fraud' });
    actor.send('adjust', { operation_id: 'op', amount_minor: 100, reason: 'sorry' });
    actor.send('authorise', hold('op', 100));
    expect(actor.send('reverse', { entry_id, reason: 'why' })).toEqual(refused(slug));
  });
});

describe('an adjustment', () => {
  test.each([
    ['gives', 100, { ok: true, balance_minor: 600, withdrawn_minor: 0 }],
    ['takes', -500, { ok: true, balance_minor: 0, withdrawn_minor: 0 }],
    ['takes too much', -501, refused('insufficient_points')],
    ['does nothing', 0, refused('invalid_amount')],
  ])('%s', (_, amount_minor, expected) => {
    const actor = accountWith(500);
    const asked = { operation_id: 'op', amount_minor, reason: 'sorry' };
    expect(actor.send('adjust', asked)).toMatchObject(expected);
    if ('slug' in expected) return;
    expect(actor.send('adjust', { ...asked, amount_minor: amount_minor + 1 })).toEqual(
      refused('operation_reused'),
    );
    expect(entriesOf(actor)[1]).toMatchObject({ cause: 'sorry', order_number: null, amount_minor });
  });
});

describe('a hold', () => {
  test('keeps its points from being spent, and the balance as it is', () => {
    const actor = accountWith(500);
    const held = actor.send('authorise', hold('h', 300));
    expect(held).toMatchObject({ ok: true, balance_minor: 500, held_minor: 300 });
    expect(actor.send('authorise', hold('h', 300))).toEqual({ ...(held as object), replayed: true });
    expect(actor.send('withdraw', withdrawal('op', 201))).toEqual(refused('insufficient_points'));
    expect(actor.send('authorise', hold('h2', 201))).toEqual(refused('insufficient_points'));
    expect(actor.send('withdraw', withdrawal('op', 200))).toMatchObject({ ok: true, balance_minor: 300 });
  });

  test.each([
    ['whole', 300, 200],
    ['in part', 120, 380],
  ])('is captured %s: a withdrawal that frees the rest', (_, amount_minor, balance_minor) => {
    const actor = accountWith(500);
    actor.send('authorise', hold('h', 300));
    const captured = actor.send('captureHold', { operation_id: 'h', amount_minor });
    expect(captured).toMatchObject({ ok: true, balance_minor, held_minor: 0, withdrawn_minor: amount_minor });
    expect(actor.send('captureHold', { operation_id: 'h', amount_minor })).toEqual({
      ...(captured as object),
      replayed: true,
    });
    expect(actor.send('captureHold', { operation_id: 'h', amount_minor: 1 })).toEqual(
      refused('operation_reused'),
    );
    expect(actor.send('voidHold', { operation_id: 'h' })).toEqual(refused('hold_ended'));
    expect(entriesOf(actor)[2]).toMatchObject({
      kind: 'withdrawal',
      refers_to: 'hold:h',
      withdrawal_seq: 1,
    });
  });

  test('is voided once, and not captured then', () => {
    const actor = accountWith(500);
    actor.send('authorise', hold('h', 300));
    const voided = actor.send('voidHold', { operation_id: 'h' });
    expect(voided).toMatchObject({ ok: true, balance_minor: 500, held_minor: 0 });
    expect(actor.send('voidHold', { operation_id: 'h' })).toEqual({ ...(voided as object), replayed: true });
    const late = actor.send('captureHold', { operation_id: 'h', amount_minor: 300 });
    expect(late).toEqual(refused('hold_ended'));
  });

  test.each([
    ['captureHold', { operation_id: 'h', amount_minor: 301 }, 'invalid_amount'],
    ['captureHold', { operation_id: 'h', amount_minor: 0 }, 'invalid_amount'],
    ['captureHold', { operation_id: 'other', amount_minor: 1 }, 'hold_not_found'],
    ['voidHold', { operation_id: 'other' }, 'hold_not_found'],
    ['authorise', hold('other', 0), 'invalid_amount'],
    ['authorise', hold('h', 299), 'operation_reused'],
  ] as const)('%s %j is refused', (name, asked, slug) => {
    const actor = accountWith(500);
    actor.send('authorise', hold('h', 300));
    expect(actor.send(name, asked)).toEqual(refused(slug));
  });

  test('is bounded in number and in time', () => {
    const actor = accountWith(500);
    for (let n = 0; n < MAX_OPEN_HOLDS; n++) actor.send('authorise', hold(`h-${n}`, 1));
    expect(actor.send('authorise', hold('one-more', 1))).toEqual(refused('too_many_holds'));
    expect(actor.send('authorise', hold('h-0', 1))).toMatchObject({ ok: true, replayed: true });
    expect(() => actor.send('authorise', hold('long', 1, MAX_HOLD_MS + 1))).toThrow();
  });

  test('is released when its time is over, one after the other', () => {
    const actor = accountWith(500);
    actor.send('authorise', hold('late', 100, 2 * HOUR_MS));
    actor.send('authorise', hold('soon', 100, 5_000));
    actor.send('authorise', hold('too', 100, 5_000));
    expect(actor.reminders.get('expiry')).toBe(T0 + 5_000);
    nowMs = T0 + 5_000;
    expect(actor.send('captureHold', { operation_id: 'soon', amount_minor: 1 })).toEqual(
      refused('hold_ended'),
    );
    for (const left of [200, 100, 100]) {
      actor.fire('expiry');
      expect(actor.state?.held_minor).toBe(left);
    }
    expect(actor.reminders.get('expiry')).toBe(T0 + 2 * HOUR_MS);
    expect(entriesOf(actor).at(-1)).toMatchObject({ kind: 'release', cause: 'expired', amount_minor: 0 });
    expect(actor.send('voidHold', { operation_id: 'soon' })).toMatchObject({ ok: true, replayed: true });
  });

  test('a request does not put its end off: the reminder that it has replaced is set again', () => {
    const actor = accountWith(500);
    actor.send('authorise', hold('h', 100, 10_000));
    actor.reminders.clear();
    actor.send('withdraw', withdrawal('op', 1_000));
    expect(actor.reminders.get('expiry')).toBe(T0 + 10_000);
    actor.send('voidHold', { operation_id: 'h' });
    actor.reminders.clear();
    actor.send('withdraw', withdrawal('op', 1));
    expect(actor.reminders.size).toBe(0);
  });
});
