import { passesLuhn } from '../../shared/order-number';
import { rewardedProducts, unrewardedProducts, type Product } from './catalogue';

const NUMBER_DIGITS = 16;
const MAX_GOODS_PER_ORDER = 4;

/** The rule of the numbers: an order whose number begins so holds only goods that earn nothing. */
export const INVALID_PREFIX = '999999';

export type NumberKind = 'rewarded' | 'invalid';

export interface PurchasedGoods {
  description: string;
  /** In hundredths of the currency. */
  priceMinor: number;
}

/**
 * An order number that nobody has used.
 * @param chance draws from [0, 1)
 */
export function inventNumber(kind: NumberKind, chance: () => number): string {
  const digit = (from: number, to: number): string => String(from + Math.floor(chance() * (to - from + 1)));
  let digits = kind === 'invalid' ? INVALID_PREFIX : digit(1, 8);
  while (digits.length < NUMBER_DIGITS - 1) digits += digit(0, 9);
  return digits + checkDigit(digits);
}

/** The digit that makes the whole pass Luhn's check. */
function checkDigit(digits: string): string {
  for (let last = 0; last < 9; last++) if (passesLuhn(`${digits}${last}`)) return String(last);
  return '9';
}

/** What was bought under this number: 1-4 goods, the same every time. */
export function goodsOf(number: string): PurchasedGoods[] {
  const chance = drawsFrom(number);
  const catalogue = number.startsWith(INVALID_PREFIX) ? unrewardedProducts : rewardedProducts;
  const count = 1 + Math.floor(chance() * MAX_GOODS_PER_ORDER);
  return Array.from({ length: count }, () => buy(catalogue, chance));
}

function buy(catalogue: readonly Product[], chance: () => number): PurchasedGoods {
  const product = catalogue[Math.floor(chance() * catalogue.length)];
  if (!product) throw new Error('the catalogue is empty');
  const { description, fromMinor, toMinor } = product;
  return { description, priceMinor: fromMinor + Math.floor(chance() * (toMinor - fromMinor + 1)) };
}

/** Numbers from [0, 1) that follow from the text alone: FNV-1a for the seed, mulberry32 for the draws. */
function drawsFrom(text: string): () => number {
  let seed = 0x811c9dc5;
  for (const character of text) seed = Math.imul(seed ^ character.charCodeAt(0), 0x01000193);
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), seed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
