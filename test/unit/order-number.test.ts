import { isOrderNumber } from '../../services/shared/order-number';

describe('isOrderNumber', () => {
  test.each(['0', '00', '18', '12345678903', '9278923470', '79927398713', '0'.repeat(64)])(
    '%s is one',
    (text) => {
      expect(isOrderNumber(text)).toBe(true);
    },
  );

  test.each(['', '1', '12345678902', ' 18', '18\n', '1 8', '-18', '1e8', '١٨', 'abc', '0'.repeat(65)])(
    '%j is none',
    (text) => {
      expect(isOrderNumber(text)).toBe(false);
    },
  );
});
