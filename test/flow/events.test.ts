import { Customer, newOrderNumber, type Balance, type OrderJson } from './support/customer';
import { sharedStack } from './support/shared-stack';

const stack = sharedStack();
const FINISHED_MS = 20_000;
/** What a service has for the requests under way when it is told to stop is 8 s; streams are to take none of it. */
const QUICK_STOP_MS = 4_000;
jest.setTimeout(60_000);

interface Told {
  reset: boolean;
  orders: OrderJson[];
  balance: Balance;
}

/** What a customer's stream tells, event by event, until it ends. */
async function* eventsOf(customer: Customer): AsyncGenerator<Told> {
  const answer = await customer.events(AbortSignal.timeout(FINISHED_MS));
  let text = '';
  for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
    const parts = (text + chunk).split('\n\n');
    text = parts.pop()!;
    for (const part of parts) {
      const line = part.split('\n').find((one) => one.startsWith('data: '));
      if (line) yield JSON.parse(line.slice('data: '.length)) as Told;
    }
  }
}

test('an order’s way to its points is told as it happens', async () => {
  const customer = await Customer.register(stack);
  const events = eventsOf(customer);
  const first = events.next();
  const number = await newOrderNumber(stack);
  const since = Date.now();
  await customer.upload(number);
  const statuses = new Set<string>();
  for (let told = await first; !told.done; told = await events.next()) {
    const order = told.value.orders.find((one) => one.number === number);
    if (order) statuses.add(order.status);
    if (order?.status !== 'PROCESSED') continue;
    console.log(`upload to PROCESSED on the stream: ${Date.now() - since} ms`);
    expect(told.value.balance.current).toBe(order.accrual);
    break;
  }
  expect([...statuses].pop()).toBe('PROCESSED');
});

test('many streams do not stand in the way of others', async () => {
  const listening = new AbortController();
  const customers = await Promise.all(Array.from({ length: 20 }, () => Customer.register(stack)));
  const streams = await Promise.all(
    customers.flatMap((customer) =>
      Array.from({ length: 8 }, () => customer.events(listening.signal).then(({ status }) => status)),
    ),
  );
  expect(new Set(streams)).toEqual(new Set([200]));
  const since = Date.now();
  await customers[0]!.balance();
  expect(Date.now() - since).toBeLessThan(1_000);
  listening.abort();
});

test.each(['portal', 'query'])('%s stops quickly while customers listen', async (name) => {
  const listening = new AbortController();
  const customers = await Promise.all(Array.from({ length: 3 }, () => Customer.register(stack)));
  await Promise.all(customers.map((customer) => customer.events(listening.signal)));
  const since = Date.now();
  await stack.kill(name, 'SIGTERM');
  const tookMs = Date.now() - since;
  await stack.start(name);
  listening.abort();
  expect(tookMs).toBeLessThan(QUICK_STOP_MS);
});
