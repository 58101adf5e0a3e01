import fc from 'fast-check';
import { loginKey } from '../../../services/portal/login-key';
import {
  normalisedLogin,
  operationId,
  parseCredentials,
  parseOrderNumber,
  parseWithdrawal,
} from '../../../services/portal/requests';

const text = (content: string) => ({ mediaType: 'text/plain', bytes: Buffer.from(content) });
const json = (content: unknown) => ({
  mediaType: 'application/json',
  bytes: Buffer.from(JSON.stringify(content)),
});

describe('an order number', () => {
  it.each([
    ['text', text('12345678903')],
    ['text with blanks', text('\t12345678903\r\n')],
    ['JSON', json({ number: '12345678903' })],
    ['JSON with blanks', json({ number: ' 12345678903 ' })],
  ])('is read from %s', (_name, body) => {
    expect(parseOrderNumber(body)).toBe('12345678903');
  });

  it('keeps its leading zeros', () => {
    expect(parseOrderNumber(text('0018'))).toBe('0018');
  });

  it.each([
    ['an empty text', text(''), 'malformed_request'],
    ['an empty number', json({ number: ' ' }), 'malformed_request'],
    ['a number as JSON number', json({ number: 18 }), 'malformed_request'],
    ['a sign', text('+18'), 'invalid_order_number'],
    ['a blank inside', text('1 8'), 'invalid_order_number'],
    ['bytes that are no text', { mediaType: 'text/plain', bytes: Buffer.from([0xff]) }, 'malformed_request'],
  ])('is refused: %s', (_name, body, slug) => {
    expect(() => parseOrderNumber(body)).toThrow(expect.objectContaining({ slug }) as Error);
  });
});

describe('a withdrawal', () => {
  it.each([
    [751, 75_100],
    [0.01, 1],
    [729.98, 72_998],
    [0.8, 80],
  ])('of %d points is %i hundredths', (sum, amountMinor) => {
    expect(parseWithdrawal(json({ order: '18', sum }))).toEqual({ orderNumber: '18', amountMinor });
  });

  it('takes every sum to the hundredth', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000_000_000 }), (minor) => {
        expect(parseWithdrawal(json({ order: '18', sum: minor / 100 })).amountMinor).toBe(minor);
      }),
    );
  });

  it.each([0, -0, -0.01, 0.001, 1e-7, 1e21, 10_000_000_000.01])('of %d is refused', (sum) => {
    expect(() => parseWithdrawal(json({ order: '18', sum }))).toThrow(
      expect.objectContaining({ slug: 'invalid_amount' }) as Error,
    );
  });
});

describe('a login', () => {
  it('is the same however it is typed', () => {
    for (const typed of ['Élan', ' élan ', 'ÉLAN', 'E\u0301lan']) expect(normalisedLogin(typed)).toBe('élan');
  });

  it('leaves the password as it is', () => {
    const given = parseCredentials(json({ login: 'A', password: ' P ' }));
    expect(given).toEqual({ loginKey: loginKey('a'), password: ' P ' });
  });
});

describe('an operation id', () => {
  const newId = () => 'fresh';
  it('is the same for the same account and key, and for no other', () => {
    const id = operationId('a', 'k', newId);
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    expect(operationId('a', 'k', newId)).toBe(id);
    expect(operationId('b', 'k', newId)).not.toBe(id);
    expect(operationId('a', 'l', newId)).not.toBe(id);
    expect(operationId('a', undefined, newId)).toBe('fresh');
  });
});
