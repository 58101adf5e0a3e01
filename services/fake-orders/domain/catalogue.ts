/** As the calculator is told it (Practicum spec, POST /api/goods): "%" of the price, or "pt", points a piece. */
export interface RewardRule {
  match: string;
  reward: number;
  reward_type: '%' | 'pt';
}

export interface Product {
  /** Ends with its brand, which is what the reward rules match. */
  description: string;
  fromMinor: number;
  toMinor: number;
}

interface Brand {
  name: string;
  reward: number;
  rewardType: '%' | 'pt';
  products: [name: string, fromMinor: number, toMinor: number][];
}

const brands: Brand[] = [
  {
    name: 'Bork',
    reward: 10,
    rewardType: '%',
    products: [
      ['Kettle', 500_000, 2_500_000],
      ['Toaster', 400_000, 1_800_000],
    ],
  },
  {
    name: 'Tefal',
    reward: 15,
    rewardType: 'pt',
    products: [
      ['Frying pan', 150_000, 600_000],
      ['Iron', 250_000, 1_200_000],
    ],
  },
  {
    name: 'Philips',
    reward: 7,
    rewardType: '%',
    products: [
      ['Shaver', 300_000, 1_500_000],
      ['Blender', 200_000, 900_000],
    ],
  },
  {
    name: 'Miele',
    reward: 3.5,
    rewardType: '%',
    products: [
      ['Washing machine', 6_000_000, 15_000_000],
      ['Hob', 4_000_000, 9_000_000],
    ],
  },
  {
    name: 'Lego',
    reward: 20,
    rewardType: 'pt',
    products: [
      ['Train set', 80_000, 900_000],
      ['Castle', 120_000, 1_400_000],
    ],
  },
  {
    name: 'Moleskine',
    reward: 1.25,
    rewardType: 'pt',
    products: [
      ['Notebook', 15_000, 45_000],
      ['Diary', 20_000, 60_000],
    ],
  },
  {
    name: 'Lavazza',
    reward: 5,
    rewardType: '%',
    products: [
      ['Coffee beans', 60_000, 250_000],
      ['Espresso cups', 90_000, 300_000],
    ],
  },
  {
    name: 'Garmin',
    reward: 2.75,
    rewardType: '%',
    products: [
      ['Sports watch', 1_500_000, 7_000_000],
      ['Bicycle computer', 900_000, 4_500_000],
    ],
  },
];

const productsOf = (brand: Brand): Product[] =>
  brand.products.map(([name, fromMinor, toMinor]) => ({
    description: `${name} ${brand.name}`,
    fromMinor,
    toMinor,
  }));

/** Everything that earns points. */
export const rewardedProducts: readonly Product[] = brands.flatMap(productsOf);

/** What no rule matches: the calculator calls an order of nothing else INVALID. */
export const unrewardedProducts: readonly Product[] = [
  { description: 'Carrier bag Nobrand', fromMinor: 500, toMinor: 2_000 },
  { description: 'Light bulb Nobrand', fromMinor: 5_000, toMinor: 20_000 },
];

/** The reward rules of the catalogue, one a brand. */
export const rewardRules: readonly RewardRule[] = brands.map(({ name, reward, rewardType }) => ({
  match: name,
  reward,
  reward_type: rewardType,
}));
