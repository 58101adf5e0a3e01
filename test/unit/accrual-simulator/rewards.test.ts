import {
  accrualMinorOf,
  goods,
  rewardRule,
  type RewardRule,
} from '../../../services/accrual-simulator/domain/rewards';

const percent = (match: string, reward: number): RewardRule => ({ match, reward, reward_type: '%' });
const points = (match: string, reward: number): RewardRule => ({ match, reward, reward_type: 'pt' });
const bork = (price: number) => ({ description: 'Kettle Bork', price });

test.each([
  ['the published example', [percent('Bork', 10)], [bork(7_299.8)], 72_998],
  ['per cent with a half hundredth', [percent('Bork', 10)], [bork(0.05)], 1],
  ['per cent below a half', [percent('Bork', 10)], [bork(0.04)], 0],
  ['what floating point gets wrong', [percent('Bork', 1.15)], [bork(100)], 115],
  ['more decimals than money has', [percent('Bork', 33.333333)], [bork(1)], 33],
  ['points a piece', [points('Bork', 15)], [bork(1), bork(2)], 3_000],
  ['parts of a point', [points('Bork', 1.255)], [bork(1)], 126],
  ['two rules for one of the goods', [percent('Bork', 10), points('Kettle', 1)], [bork(10)], 200],
  [
    'goods without a rule beside others',
    [points('Bork', 1)],
    [bork(1), { description: 'Bag', price: 5 }],
    100,
  ],
  ['a rule that gives nothing', [percent('Bork', 0)], [bork(1)], 0],
  ['no rule matches', [percent('bork', 10)], [bork(1)], undefined],
  ['no rules', [], [bork(1)], undefined],
  ['no goods', [percent('Bork', 10)], [], undefined],
])('%s', (_name, rules, items, minor) => {
  expect(accrualMinorOf(items, rules)).toBe(minor);
});

test.each([
  ['a negative reward', rewardRule, { match: 'a', reward: -1, reward_type: '%' }],
  ['another type', rewardRule, { match: 'a', reward: 1, reward_type: 'x' }],
  ['an empty match', rewardRule, { match: '', reward: 1, reward_type: '%' }],
  ['too many decimals', rewardRule, { match: 'a', reward: 0.1234567, reward_type: '%' }],
  ['a price that is a text', goods, { description: 'a', price: '1' }],
  ['a negative price', goods, { description: 'a', price: -1 }],
  ['a huge price', goods, { description: 'a', price: 1e21 }],
])('%s is refused', (_name, schema, value) => {
  expect(schema.safeParse(value).success).toBe(false);
});
