import { control, Customer, newOrderNumber } from './support/customer';
import { sharedStack } from './support/shared-stack';
import { until } from './support/until';

const ORDERS = 200;
const CUSTOMERS = 4;
const FINISHED_MS = 240_000;
const services = ['portal', 'billing', 'query', 'accrual-adapter', 'fake-orders'];
const stack = sharedStack();

jest.setTimeout(400_000);

const finished = async (customer: Customer, count: number) => {
  const orders = await customer.orders();
  return orders.length === count && orders.every(({ status }) => status === 'PROCESSED');
};

async function addsUp(customer: Customer): Promise<void> {
  const hundredths = (await customer.orders()).reduce(
    (sum, { accrual }) => sum + Math.round(accrual! * 100),
    0,
  );
  expect((await customer.balance()).current).toBe(hundredths / 100);
}

test('every service restarted while orders are under way: all of them end', async () => {
  await control(stack, { processing_ms: 300 });
  const customer = await Customer.register(stack);
  const count = services.length * 4;
  for (const service of services) {
    const numbers = await Promise.all(Array.from({ length: 4 }, () => newOrderNumber(stack)));
    await Promise.all(numbers.map((number) => customer.upload(number)));
    await stack.kill(service, 'SIGTERM');
    await stack.start(service);
  }
  await until(() => finished(customer, count), FINISHED_MS);
  await addsUp(customer);
});

test(`kill -9 of each service and each sidecar in turn during ${ORDERS} orders: all end PROCESSED, balances add up`, async () => {
  await control(stack, { processing_ms: 100 });
  const customers = await Promise.all(Array.from({ length: CUSTOMERS }, () => Customer.register(stack)));
  const numbers = await Promise.all(Array.from({ length: ORDERS }, () => newOrderNumber(stack)));
  let uploaded = 0;
  const uploading = Promise.all(
    customers.map(async (customer, index) => {
      for (let at = index; at < ORDERS; at += CUSTOMERS) {
        const status = await customer.upload(numbers[at]!);
        expect([200, 202]).toContain(status);
        uploaded++;
      }
    }),
  );
  const victims = services.flatMap((service) => [service, `${service}-daprd`]);
  for (const [at, victim] of victims.entries()) {
    // spread over the run, as far as the uploads have come
    await until(() => uploaded >= (at * ORDERS) / victims.length, FINISHED_MS);
    await stack.kill(victim);
    await stack.start(victim, { wait: false });
  }
  await uploading;
  await Promise.all(services.map((service) => stack.ready(service)));
  await Promise.all(
    customers.map((customer) => until(() => finished(customer, ORDERS / CUSTOMERS), FINISHED_MS)),
  );
  await Promise.all(customers.map(addsUp));
});

afterAll(() => control(stack, { processing_ms: 0 }));
