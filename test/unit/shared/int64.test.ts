import fc from 'fast-check';
import { Entry } from '../../../services/gen/gophermart/query/v1/query';
import { MAX_AMOUNT_MINOR } from '../../../services/shared/money';

const roundTrip = (amountMinor: number): number =>
  Entry.deserialize(new Entry({ amountMinor }).serialize()).amountMinor;

test.each([
  0,
  1,
  -1,
  2 ** 31,
  2 ** 32 + 1,
  -(2 ** 32) - 1,
  MAX_AMOUNT_MINOR,
  -MAX_AMOUNT_MINOR,
  Number.MAX_SAFE_INTEGER,
  Number.MIN_SAFE_INTEGER,
])('%p hundredths pass through the generated protobuf', (amountMinor) => {
  expect(roundTrip(amountMinor)).toBe(amountMinor);
});

test('and so does every safe integer', () => {
  fc.assert(fc.property(fc.maxSafeInteger(), (amountMinor) => roundTrip(amountMinor) === amountMinor));
});
