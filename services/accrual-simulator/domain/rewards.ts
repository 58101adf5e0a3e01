import { z } from 'zod';

/** Decimals that a price or a reward may have. */
const MAX_DECIMALS = 6;
const SCALE = 10n ** BigInt(MAX_DECIMALS);
const MAX_VALUE = 10_000_000_000;
export const MAX_TEXT_LENGTH = 1000;
export const MAX_GOODS = 1000;

const decimal = z
  .number()
  .min(0)
  .max(MAX_VALUE)
  .refine((value) => scaled(value) !== undefined, 'has too many decimals');

/** `reward` is per cent of the price for "%", points a piece for "pt" (Practicum spec, POST /api/goods). */
export const rewardRule = z.object({
  match: z.string().min(1).max(MAX_TEXT_LENGTH),
  reward: decimal,
  reward_type: z.enum(['%', 'pt']),
});
export type RewardRule = z.infer<typeof rewardRule>;

export const goods = z.object({ description: z.string().max(MAX_TEXT_LENGTH), price: decimal });
export type Goods = z.infer<typeof goods>;

/** A JSON number as a whole count of millionths; undefined when it has more decimals than that. */
function scaled(value: number): bigint | undefined {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(String(value));
  const decimals = match?.[2] ?? '';
  if (!match || decimals.length > MAX_DECIMALS) return undefined;
  return BigInt(match[1] + decimals.padEnd(MAX_DECIMALS, '0'));
}

const exact = (value: number): bigint => scaled(value) ?? 0n;
const roundHalfUp = (value: bigint, unit: bigint): bigint => (value * 2n + unit) / (unit * 2n);

/** What one rule gives for one of the goods, in hundredths of a point, rounded half up. */
function rewardMinor(rule: RewardRule, item: Goods): bigint {
  const reward = exact(rule.reward);
  // per cent of the price and hundredths of a point cancel each other out
  return rule.reward_type === 'pt'
    ? roundHalfUp(reward * 100n, SCALE)
    : roundHalfUp(reward * exact(item.price), SCALE * SCALE);
}

/**
 * The points of an order in hundredths: every rule whose `match` is part of a description adds its reward.
 * @returns undefined when no rule matches any of the goods: such an order is not accepted for calculation
 */
export function accrualMinorOf(items: readonly Goods[], rules: Iterable<RewardRule>): number | undefined {
  let sum: bigint | undefined;
  for (const rule of rules) {
    for (const item of items) {
      if (item.description.includes(rule.match)) sum = (sum ?? 0n) + rewardMinor(rule, item);
    }
  }
  return sum === undefined ? undefined : Number(sum);
}
