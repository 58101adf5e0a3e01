import fc from 'fast-check';
import {
  rewardedProducts,
  rewardRules,
  unrewardedProducts,
} from '../../../services/fake-orders/domain/catalogue';
import { goodsOf, INVALID_PREFIX, inventNumber } from '../../../services/fake-orders/domain/purchases';
import { isOrderNumber } from '../../../services/shared/order-number';

const chances = fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }));
const rulesFor = (description: string) => rewardRules.filter(({ match }) => description.includes(match));

test('an invented number is an order number of its kind', () => {
  fc.assert(
    fc.property(chances, fc.constantFrom('rewarded' as const, 'invalid' as const), (chance, kind) => {
      const number = inventNumber(kind, () => chance.next().value);
      expect(isOrderNumber(number)).toBe(true);
      expect(number).toHaveLength(16);
      expect(number.startsWith(INVALID_PREFIX)).toBe(kind === 'invalid');
    }),
  );
});

test('the goods follow from the number', () => {
  const number = fc.stringMatching(/^[0-9]{1,64}$/);
  fc.assert(
    fc.property(number, (digits) => {
      const goods = goodsOf(digits);
      expect(goodsOf(digits)).toEqual(goods);
      expect(goods.length).toBeGreaterThanOrEqual(1);
      expect(goods.length).toBeLessThanOrEqual(4);
      const rewarded = !digits.startsWith(INVALID_PREFIX);
      for (const { description, priceMinor } of goods) {
        expect(rulesFor(description)).toHaveLength(rewarded ? 1 : 0);
        expect(Number.isSafeInteger(priceMinor) && priceMinor > 0).toBe(true);
      }
    }),
  );
});

test('the goods of a number are the same in every release', () => {
  expect(goodsOf('12345678903')).toMatchInlineSnapshot(`
   [
     {
       "description": "Washing machine Miele",
       "priceMinor": 14377495,
     },
     {
       "description": "Castle Lego",
       "priceMinor": 839243,
     },
     {
       "description": "Castle Lego",
       "priceMinor": 569483,
     },
     {
       "description": "Sports watch Garmin",
       "priceMinor": 6446367,
     },
   ]
  `);
});

test('each product is matched by the rule of its own brand only, the unrewarded by none', () => {
  for (const { description } of rewardedProducts) expect(rulesFor(description)).toHaveLength(1);
  for (const { description } of unrewardedProducts) expect(rulesFor(description)).toHaveLength(0);
});
