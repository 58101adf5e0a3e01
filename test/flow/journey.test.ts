import { randomUUID } from 'node:crypto';
import { control, Customer, newOrderNumber } from './support/customer';
import { sharedStack } from './support/shared-stack';
import { until } from './support/until';

/** The bound of a wait for an order to be finished when nothing disturbs it. */
const FINISHED_MS = 20_000;
const stack = sharedStack();
const calm = { processing_ms: 0, rate_limit_per_minute: 0, latency_ms: 0, unknown: [] };

jest.setTimeout(120_000);
beforeEach(() => control(stack, calm));
afterAll(() => control(stack, calm));

const processed = (customer: Customer, number: string) =>
  until(async () => (await customer.order(number))?.status === 'PROCESSED', FINISHED_MS);

test('an order goes from the upload to points in the balance and back out in a withdrawal', async () => {
  const customer = await Customer.register(stack);
  expect(await customer.orders()).toEqual([]);
  expect(await customer.balance()).toEqual({ current: 0, withdrawn: 0 });
  const number = await newOrderNumber(stack);

  expect(await customer.upload(number)).toBe(202);
  await processed(customer, number);
  const [order] = await customer.orders();
  expect(order).toEqual({
    number,
    status: 'PROCESSED',
    accrual: expect.any(Number),
    uploaded_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
  });
  const accrual = order!.accrual!;
  expect(accrual).toBeGreaterThan(0);
  expect(await customer.balance()).toEqual({ current: accrual, withdrawn: 0 });

  const paidFor = await newOrderNumber(stack);
  expect(await customer.withdraw(paidFor, 0.01)).toBe(200);
  const rest = Math.round(accrual * 100 - 1) / 100;
  expect(await customer.balance()).toEqual({ current: rest, withdrawn: 0.01 });
  expect(await customer.withdrawals()).toEqual([
    { order: paidFor, sum: 0.01, processed_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) },
  ]);
});

test('what was written is read at once', async () => {
  const customer = await Customer.register(stack);
  for (let round = 0; round < 10; round++) {
    const number = await newOrderNumber(stack);
    await customer.upload(number);
    expect((await customer.orders())[0]?.number).toBe(number);
  }
});

test('on an idle machine points are there within half a second', async () => {
  const customer = await Customer.register(stack);
  const took: number[] = [];
  for (let round = 0; round < 5; round++) {
    const number = await newOrderNumber(stack);
    const before = (await customer.balance()).current;
    const since = Date.now();
    await customer.upload(number);
    await processed(customer, number);
    expect((await customer.balance()).current).toBeGreaterThan(before);
    took.push(Date.now() - since);
  }
  console.log(`upload to PROCESSED and paid, ms: ${took.join(', ')}`);
  expect(Math.min(...took)).toBeLessThan(500);
});

test('an order whose goods earn nothing becomes INVALID and brings no points', async () => {
  const customer = await Customer.register(stack);
  const number = await newOrderNumber(stack, 'invalid');
  await customer.upload(number);
  await until(async () => (await customer.order(number))?.status === 'INVALID', FINISHED_MS);
  expect((await customer.order(number))!.accrual).toBeUndefined();
  expect(await customer.balance()).toEqual({ current: 0, withdrawn: 0 });
});

test('the first customer owns an order: 200 for the same one again, 409 for another', async () => {
  const [owner, other] = await Promise.all([Customer.register(stack), Customer.register(stack)]);
  const number = await newOrderNumber(stack);
  expect(await owner.upload(number)).toBe(202);
  expect(await owner.upload(number)).toBe(200);
  expect(await other.upload(number)).toBe(409);
  expect(await other.orders()).toEqual([]);
});

test('a withdrawal beyond the balance is refused, and one told twice is booked once', async () => {
  const customer = await Customer.register(stack);
  const number = await newOrderNumber(stack);
  expect(await customer.withdraw(number, 1)).toBe(402);
  await customer.upload(number);
  await processed(customer, number);
  const { current } = await customer.balance();
  expect(await customer.withdraw(number, Math.round(current * 100 + 1) / 100)).toBe(402);
  const key = randomUUID();
  expect(await customer.withdraw(number, current, key)).toBe(200);
  expect(await customer.withdraw(number, current, key)).toBe(200);
  expect(await customer.balance()).toEqual({ current: 0, withdrawn: current });
  expect(await customer.withdrawals()).toHaveLength(1);
});

test('two customers in parallel get what is theirs', async () => {
  const customers = await Promise.all([Customer.register(stack), Customer.register(stack)]);
  await Promise.all(
    customers.map(async (customer) => {
      const numbers = await Promise.all(Array.from({ length: 10 }, () => newOrderNumber(stack)));
      await Promise.all(numbers.map((number) => customer.upload(number)));
      await until(
        async () => (await customer.orders()).filter(({ status }) => status === 'PROCESSED').length === 10,
        FINISHED_MS,
      );
      const orders = await customer.orders();
      expect(orders.map(({ number }) => number).sort()).toEqual(numbers.sort());
      const hundredths = orders.reduce((sum, { accrual }) => sum + Math.round(accrual! * 100), 0);
      expect((await customer.balance()).current).toBe(hundredths / 100);
    }),
  );
});

test('a calculator that answers 429 for a while delays orders and loses none', async () => {
  const customer = await Customer.register(stack);
  const numbers = await Promise.all(Array.from({ length: 5 }, () => newOrderNumber(stack)));
  await control(stack, { fail_next: { count: 3, status: 429, retry_after_seconds: 1 } });
  await Promise.all(numbers.map((number) => customer.upload(number)));
  await until(
    async () =>
      (await customer.orders()).filter(({ status }) => status === 'PROCESSED').length === numbers.length,
    60_000,
  );
});

test('an order that the calculator does not know yet stays open until it does', async () => {
  const customer = await Customer.register(stack);
  const number = await newOrderNumber(stack);
  await control(stack, { unknown: [number] });
  await customer.upload(number);
  const before = await unknownAnswers();
  await until(async () => (await unknownAnswers()) >= before + 2, FINISHED_MS);
  expect(['NEW', 'PROCESSING']).toContain((await customer.order(number))!.status);
  await control(stack, { unknown: [] });
  await processed(customer, number);
});

/** How often the simulator has answered 204. */
async function unknownAnswers(): Promise<number> {
  const { requests } = (await (await fetch(stack.controlUrl)).json()) as {
    requests: { poll: Record<string, number> };
  };
  return requests.poll['204'] ?? 0;
}
