import { decimalFromMinor, MAX_AMOUNT_MINOR, minorFromDecimal } from '../../services/shared/money';

describe('minorFromDecimal', () => {
  test.each([
    [0, 0],
    [500, 50_000],
    [729.98, 72_998],
    [0.01, 1],
    [0.1, 10],
    [1_000_000.05, 100_000_005],
    [MAX_AMOUNT_MINOR / 100, MAX_AMOUNT_MINOR],
  ])('%p points are %p hundredths', (decimal, minor) => {
    expect(minorFromDecimal(decimal)).toBe(minor);
    expect(decimalFromMinor(minor)).toBe(decimal);
  });

  test.each([[-1], [0.001], [0.1 + 0.2], [NaN], [Infinity], [1e21], [1e-7], [MAX_AMOUNT_MINOR / 100 + 0.01]])(
    '%p is not an amount',
    (decimal) => {
      expect(minorFromDecimal(decimal)).toBeUndefined();
    },
  );
});
