import fc from 'fast-check';
import { minorFromAccrual } from '../../../services/accrual-adapter/domain/accrual';
import { readPollAnswer, readRegisterAnswer } from '../../../services/accrual-adapter/domain/answer';
import { MAX_AMOUNT_MINOR } from '../../../services/shared/money';

const NUMBER = '12345678903';
const NOW_MS = Date.UTC(2026, 0, 1);
const limitText = 'No more than 120 requests per minute allowed';

const order = (fields: object): string => JSON.stringify({ order: NUMBER, ...fields });
const fault = (problem: string) => ({ kind: 'fault', problem });
const processed = (accrualMinor: number) => ({ kind: 'processed', accrualMinor });

describe('POST /api/orders', () => {
  test.each([
    ['202', 202, { kind: 'registered' }],
    ['409, already registered', 409, { kind: 'registered' }],
    ['400', 400, fault('status_400')],
    ['500', 500, fault('status_500')],
    ['200, which is not published', 200, fault('status_200')],
    ['a redirect', 302, fault('status_302')],
    ['429', 429, { kind: 'limited', afterMs: 60_000 }],
  ])('%s', (_name, status, answer) => {
    expect(readRegisterAnswer({ status, body: '' }, NOW_MS)).toEqual(answer);
  });
});

describe('GET /api/orders/{number}', () => {
  test.each([
    ['204, not known yet', 204, '', { kind: 'pending' }],
    ['REGISTERED', 200, order({ status: 'REGISTERED' }), { kind: 'pending' }],
    ['PROCESSING', 200, order({ status: 'PROCESSING' }), { kind: 'pending' }],
    ['INVALID', 200, order({ status: 'INVALID' }), { kind: 'invalid' }],
    ['PROCESSED', 200, order({ status: 'PROCESSED', accrual: 729.98 }), processed(72_998)],
    ['PROCESSED without an accrual', 200, order({ status: 'PROCESSED' }), processed(0)],
    [
      'PROCESSED with a field of its own',
      200,
      order({ status: 'PROCESSED', accrual: 1, x: 1 }),
      processed(100),
    ],
    ['PROCESSED, three decimals', 200, order({ status: 'PROCESSED', accrual: 1.005 }), processed(101)],
    ['accrual negative', 200, order({ status: 'PROCESSED', accrual: -1 }), fault('wrong_accrual')],
    ['accrual huge', 200, order({ status: 'PROCESSED', accrual: 1e21 }), fault('wrong_accrual')],
    [
      'accrual infinite',
      200,
      `{"order":"${NUMBER}","status":"PROCESSED","accrual":1e999}`,
      fault('wrong_accrual'),
    ],
    ['accrual a text', 200, order({ status: 'PROCESSED', accrual: '5' }), fault('wrong_accrual')],
    ['accrual null', 200, order({ status: 'PROCESSED', accrual: null }), fault('wrong_accrual')],
    ['accrual NaN', 200, `{"order":"${NUMBER}","status":"PROCESSED","accrual":NaN}`, fault('not_json')],
    ['status unknown', 200, order({ status: 'DONE' }), fault('unknown_status')],
    ['status missing', 200, order({}), fault('wrong_shape')],
    ['status in small letters', 200, order({ status: 'processed' }), fault('unknown_status')],
    ['another order', 200, JSON.stringify({ order: '1', status: 'PROCESSED' }), fault('other_order')],
    ['an order that is a number', 200, JSON.stringify({ order: 1, status: 'INVALID' }), fault('wrong_shape')],
    ['an array', 200, '[]', fault('wrong_shape')],
    ['null', 200, 'null', fault('wrong_shape')],
    ['not JSON', 200, '<html>', fault('not_json')],
    ['an empty body', 200, '', fault('not_json')],
    ['a truncated body', 200, '{"order":', fault('not_json')],
    ['400', 400, '', fault('status_400')],
    ['404', 404, '', fault('status_404')],
    ['500', 500, '', fault('status_500')],
    ['503', 503, '', fault('status_503')],
    ['a redirect', 301, '', fault('status_301')],
  ])('%s', (_name, status, body, answer) => {
    expect(readPollAnswer(NUMBER, { status, body }, NOW_MS)).toEqual(answer);
  });

  test.each([
    ['seconds', '7', limitText, { afterMs: 7_000, perMinute: 120 }],
    ['a date', new Date(NOW_MS + 30_000).toUTCString(), limitText, { afterMs: 30_000, perMinute: 120 }],
    [
      'a date that is over',
      new Date(NOW_MS - 30_000).toUTCString(),
      limitText,
      { afterMs: 1_000, perMinute: 120 },
    ],
    ['no header', undefined, limitText, { afterMs: 60_000, perMinute: 120 }],
    ['an empty header', '', limitText, { afterMs: 60_000, perMinute: 120 }],
    ['nonsense', 'soon', limitText, { afterMs: 60_000, perMinute: 120 }],
    ['zero', '0', limitText, { afterMs: 1_000, perMinute: 120 }],
    ['a year', '31536000', limitText, { afterMs: 3_600_000, perMinute: 120 }],
    ['no text', '7', '', { afterMs: 7_000 }],
    ['a limit of none', '7', 'No more than 0 requests per minute allowed', { afterMs: 7_000 }],
  ])('429 with %s', (_name, retryAfter, body, limited) => {
    expect(readPollAnswer(NUMBER, { status: 429, retryAfter, body }, NOW_MS)).toEqual({
      kind: 'limited',
      ...limited,
    });
  });
});

describe('minorFromAccrual', () => {
  test.each([
    [0, 0],
    [-0, 0],
    [500, 50_000],
    [729.98, 72_998],
    [0.004, 0],
    [0.005, 1],
    [0.0049999, 0],
    [1.995, 200],
    [0.1 + 0.2, 30],
    [1e-7, 0],
    [9.99e-9, 0],
    [MAX_AMOUNT_MINOR / 100, MAX_AMOUNT_MINOR],
  ])('%p points are %p hundredths', (accrual, minor) => {
    expect(minorFromAccrual(accrual)).toBe(minor);
  });

  test.each([[-0.01], [NaN], [Infinity], [-Infinity], [MAX_AMOUNT_MINOR / 100 + 0.01], [1e300]])(
    '%p is no accrual',
    (accrual) => {
      expect(minorFromAccrual(accrual)).toBeUndefined();
    },
  );

  test('two decimals come through exactly', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: MAX_AMOUNT_MINOR }),
        (minor) => minorFromAccrual(minor / 100) === minor,
      ),
    );
  });
});
