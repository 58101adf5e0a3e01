import { randomUUID } from 'node:crypto';
import { Customer, newOrderNumber, retrying } from './support/customer';
import { sharedStack } from './support/shared-stack';
import { until } from './support/until';

/** Many at once want what only one, or only some, can have. */

const FINISHED_MS = 20_000;
const stack = sharedStack();

jest.setTimeout(180_000);

const times = <T>(count: number, make: (at: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, at) => make(at)));

function counted(statuses: number[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

test('of 200 registrations of one login at once exactly one is taken', async () => {
  const body = JSON.stringify({ login: `wanted-${randomUUID()}`, password: 'correct horse' });
  const headers = { 'content-type': 'application/json' };
  const answers = await times(200, () =>
    retrying(() => fetch(`${stack.portalUrl}/api/user/register`, { method: 'POST', headers, body })),
  );
  expect(counted(answers.map(({ status }) => status))).toEqual({ 200: 1, 409: 199 });
  const login = await fetch(`${stack.portalUrl}/api/user/login`, { method: 'POST', headers, body });
  expect(login.status).toBe(200);
});

test('of 20 customers who upload one number 200 times at once exactly one owns it', async () => {
  const customers = await times(20, () => Customer.register(stack));
  const number = await newOrderNumber(stack);
  const answers = await times(200, async (at) => {
    const customer = customers[at % customers.length]!;
    return { customer, status: await customer.upload(number) };
  });
  const owners = new Set(answers.filter(({ status }) => status !== 409).map(({ customer }) => customer));
  expect(owners.size).toBe(1);
  const [owner] = owners;
  const own = answers.filter(({ customer }) => customer === owner).map(({ status }) => status);
  expect(counted(own)).toEqual({ 202: 1, 200: 9 });
  expect(counted(answers.map(({ status }) => status))[409]).toBe(190);
  for (const customer of customers) {
    expect((await customer.orders()).map((order) => order.number)).toEqual(
      customer === owner ? [number] : [],
    );
  }
});

/** Uploads orders until there are a hundred points: then a hundredth of the balance leaves less than itself. */
async function earned(customer: Customer): Promise<number> {
  for (;;) {
    const number = await newOrderNumber(stack);
    await customer.upload(number);
    await until(async () => (await customer.order(number))?.status === 'PROCESSED', FINISHED_MS);
    const cents = Math.round((await customer.balance()).current * 100);
    if (cents >= 10_000) return cents;
  }
}

test('of 500 withdrawals at once that the balance covers 100 of, exactly 100 succeed', async () => {
  const customer = await Customer.register(stack);
  const cents = await earned(customer);
  const eachCents = Math.floor(cents / 100);
  expect(101 * eachCents).toBeGreaterThan(cents);

  let lowest = Infinity;
  let watching = true;
  const watcher = (async () => {
    while (watching) lowest = Math.min(lowest, (await customer.balance()).current);
  })();
  const since = Date.now();
  const paidFor = await newOrderNumber(stack);
  const statuses = await times(500, () => customer.withdraw(paidFor, eachCents / 100, randomUUID()));
  console.log(`500 withdrawals from one account: ${Date.now() - since} ms`);
  watching = false;
  await watcher;

  expect(counted(statuses)).toEqual({ 200: 100, 402: 400 });
  expect(lowest).toBeGreaterThanOrEqual(0);
  const [left, taken] = [cents - 100 * eachCents, 100 * eachCents];
  expect(await customer.balance()).toEqual({ current: left / 100, withdrawn: taken / 100 });
  const withdrawals = await customer.withdrawals();
  expect(withdrawals).toHaveLength(100);
  expect(withdrawals.every(({ sum }) => Math.round(sum * 100) === eachCents)).toBe(true);
});
