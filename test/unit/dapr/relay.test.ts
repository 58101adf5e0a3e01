import { changed } from './support/purse';
import { appliedButFailed, heldAt, refused, refusedAt } from './support/faults';
import type { FakeSidecar } from './support/fake-sidecar';
import { closeStages, openStage } from './support/stage';
import { Gate, until } from './support/until';

afterEach(closeStages);

const earn = (fake: FakeSidecar, operation: string) =>
  fake.command('Purse/1', 'earn', { operation, points: 1 });
const spend = (fake: FakeSidecar, operation: string) =>
  fake.command('Purse/1', 'spend', { operation, points: 1 });
const told = (fake: FakeSidecar): string[] => fake.published.map(({ event }) => event.id.split(':')[1]!);
const outbox = (fake: FakeSidecar): string[] => fake.store.keys('Purse/1/outbox/');

/** What a process leaves that dies between its commit and its relay. */
function leavePending(fake: FakeSidecar, operations: string[], pad = ''): void {
  const results = Object.fromEntries(operations.map((one, index) => [one, index + 1]));
  fake.store.plant('Purse/1/head', {
    state: { points: operations.length, results },
    outbox_from: 0,
    outbox_next: operations.length,
  });
  operations.forEach((one, seq) => {
    const row = changed('1', one, 1);
    fake.store.plant(`Purse/1/outbox/${seq}`, { ...row, event: { ...row.event, source: `test${pad}` } });
  });
}

test('rows are published in their order, one relay at a time', async () => {
  const { fake } = await openStage();
  const gate = new Gate();
  fake.next('publish', heldAt(gate));
  for (const operation of ['a', 'b', 'c']) await spend(fake, operation);
  expect(gate.arrived).toBe(1);
  expect(fake.count('publish')).toBe(1);
  gate.open();
  await until(() => fake.published.length === 3);
  expect(told(fake)).toEqual(['a', 'b', 'c']);
});

test('a message whose event cannot be published faults; nothing is cleared; its next delivery relays it', async () => {
  const { fake } = await openStage();
  fake.next('publish', refused);
  expect(await earn(fake, 'a')).toEqual({ fault: 'Purse/earn failed', retry: true });
  expect(outbox(fake)).toEqual(['Purse/1/outbox/0']);
  expect(await earn(fake, 'a')).toEqual({ reply: { ok: true, points: 1 } });
  expect(told(fake)).toEqual(['a']);
  expect(fake.count('commit')).toBe(1);
});

test('a publish that timed out and arrived all the same is published again', async () => {
  const { fake } = await openStage();
  fake.next('publish', appliedButFailed);
  expect(await earn(fake, 'a')).toMatchObject({ retry: true });
  await earn(fake, 'a');
  expect(told(fake)).toEqual(['a', 'a']);
});

test.each([
  ['a read', 'peek', {}],
  ['a refusal', 'earn', { operation: 'z', points: -100 }],
  ['a repetition', 'earn', { operation: 'b', points: 1 }],
])('what an earlier process left is relayed by %s', async (_name, command, input) => {
  const { fake } = await openStage();
  leavePending(fake, ['a', 'b']);
  await fake.command('Purse/1', command, input);
  await until(() => fake.published.length === 2);
  expect(told(fake)).toEqual(['a', 'b']);
});

test('what an earlier process left goes before what is decided now', async () => {
  const { fake } = await openStage();
  leavePending(fake, ['a', 'b']);
  await earn(fake, 'c');
  expect(told(fake)).toEqual(['a', 'b', 'c']);
});

test('rows that are large together are relayed all the same', async () => {
  const { fake } = await openStage();
  leavePending(fake, ['a', 'b', 'c'], 'x'.repeat(2 * 1024 * 1024));
  await earn(fake, 'd');
  expect(told(fake)).toEqual(['a', 'b', 'c', 'd']);
});

test('a request whose relay fails is relayed in the background', async () => {
  const { fake } = await openStage();
  fake.next('publish', refused);
  await spend(fake, 'a');
  await until(() => fake.published.length === 1);
});

test('requests that wait for the broker together leave an actor that still relays', async () => {
  const { fake } = await openStage();
  const gate = new Gate();
  fake.next('publish', refusedAt(gate));
  for (const operation of ['a', 'b', 'c', 'd']) await spend(fake, operation);
  gate.open();
  await until(() => fake.published.length === 4);
  // The background tries of the others come to nothing in their own time: by the clear, all have.
  await until(() => outbox(fake).length === 0);
  await earn(fake, 'e');
  expect(told(fake)).toEqual(['a', 'b', 'c', 'd', 'e']);
});

describe('clearing', () => {
  test('what was published is deleted a moment later, by a commit that keeps the state', async () => {
    const { fake } = await openStage();
    await earn(fake, 'a');
    await until(() => outbox(fake).length === 0);
    expect(fake.store.document('Purse/1/head')).toEqual({
      state: { points: 1, results: { a: 1 } },
      outbox_from: 1,
      outbox_next: 1,
    });
  });

  test('the next commit takes it along', async () => {
    const { fake } = await openStage();
    await earn(fake, 'a');
    await earn(fake, 'b');
    expect(outbox(fake)).toEqual(['Purse/1/outbox/1']);
    expect(fake.count('commit')).toBe(2);
  });

  test('it is fenced: one that lost leaves what the other commit wrote, and a later one clears', async () => {
    const { fake } = await openStage();
    await earn(fake, 'a');
    const other = { state: { points: 50, results: { a: 1, z: 50 } }, outbox_from: 0, outbox_next: 1 };
    fake.next('commit', (proceed) => {
      fake.store.plant('Purse/1/head', other);
      proceed();
    });
    await until(() => fake.count('commit') === 2);
    expect(fake.store.document('Purse/1/head')).toEqual(other);
    expect(outbox(fake)).toHaveLength(1);
    await earn(fake, 'b');
    expect(outbox(fake)).toEqual(['Purse/1/outbox/1']);
  });

  test('what is published while a clear runs is cleared too', async () => {
    const { fake } = await openStage();
    const [first, second, clear] = [new Gate(), new Gate(), new Gate()];
    await earn(fake, 'a');
    fake.next('publish', heldAt(first), heldAt(second));
    await spend(fake, 'b');
    await spend(fake, 'c');
    first.open();
    fake.next('commit', heldAt(clear));
    await until(() => second.arrived === 1 && clear.arrived === 1);
    second.open();
    await until(() => fake.published.length === 3);
    clear.open();
    await until(() => outbox(fake).length === 0);
  });

  test('one commit clears a bounded number of rows, the next ones the rest', async () => {
    const { fake } = await openStage();
    leavePending(
      fake,
      Array.from({ length: 300 }, (_, index) => String(index)),
    );
    await earn(fake, 'z');
    await until(() => outbox(fake).length > 0 && outbox(fake).length < 300);
    expect(outbox(fake).length).toBeGreaterThanOrEqual(300 - 256);
    await until(() => outbox(fake).length === 0);
  });

  test('nothing that is not published is ever cleared', async () => {
    const { fake } = await openStage();
    const gate = new Gate();
    fake.next('publish', (proceed) => proceed(), refusedAt(gate));
    await spend(fake, 'a');
    await spend(fake, 'b');
    await until(() => gate.arrived === 1);
    await spend(fake, 'c');
    expect(outbox(fake)).toEqual(['Purse/1/outbox/1', 'Purse/1/outbox/2']);
    gate.open();
    await until(() => fake.published.length === 3);
  });
});
