import { Sidecar } from '../../../services/shared/dapr/sidecar';
import type { StateOperation } from '../../../services/shared/dapr/runtime';
import { FakeStore } from './support/fake-store';
import { heldAt } from './support/faults';
import { closeStages, openStage } from './support/stage';
import { Gate, until } from './support/until';

afterEach(closeStages);

/** The same sidecar with the fence taken out: what the actor-state API would do. */
class UnfencedSidecar extends Sidecar {
  override transact(store: string, operations: StateOperation[]): Promise<void> {
    const unfenced = operations.map((one) => ('json' in one ? { key: one.key, json: one.json } : one));
    return super.transact(store, unfenced);
  }
}

/**
 * Two processes on one store. The first is frozen with its commit on the way while the actor moves to the second,
 * which spends the points; then the first wakes.
 */
async function freezeOneInMidCommit(sidecar: (address: string) => Sidecar) {
  const store = new FakeStore();
  const frozen = await openStage({ store, sidecar });
  const successor = await openStage({ store });
  await frozen.purses.of('1').earn({ operation: 'earned', points: 10 });
  await until(() => store.keys('Purse/1/outbox/').length === 0);

  const ice = new Gate();
  frozen.fake.next('commit', heldAt(ice));
  const late = frozen.fake.command('Purse/1', 'spend', { operation: 'late', points: -1 });
  await until(() => ice.arrived === 1);
  await successor.purses.of('1').spend({ operation: 'moved', points: -10 });
  await until(() => successor.fake.published.length === 1);
  ice.open();
  return { store, reply: await late, frozen, successor };
}

const pointsIn = (store: FakeStore): unknown => store.document('Purse/1/head');

test('the late commit of a frozen process loses, and its turn is decided on what its successor wrote', async () => {
  const { store, reply, frozen } = await freezeOneInMidCommit((address) => new Sidecar(address));
  expect(reply).toEqual({ reply: { ok: false, slug: 'insufficient_points' } });
  expect(pointsIn(store)).toMatchObject({ state: { points: 0, results: { earned: 10, moved: 0 } } });
  expect(frozen.fake.published).toHaveLength(1);
});

test('with the fence taken out, the late commit makes points out of nothing', async () => {
  const { store, reply } = await freezeOneInMidCommit((address) => new UnfencedSidecar(address));
  expect(reply).toEqual({ reply: { ok: true, points: 9 } });
  expect(pointsIn(store)).toMatchObject({ state: { points: 9, results: { earned: 10, late: 9 } } });
});

test('two processes that take turns on one actor lose no change and tell each at least once', async () => {
  const store = new FakeStore();
  const stages = [await openStage({ store }), await openStage({ store })];
  await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      stages[index % 2]!.purses.of('1').earn({ operation: `o${index}`, points: 1 }),
    ),
  );
  expect(pointsIn(store)).toMatchObject({ state: { points: 10 } });
  const told = new Set(stages.flatMap(({ fake }) => fake.published.map(({ event }) => event.id)));
  expect(told.size).toBe(10);
});

test('a clear of one that is late deletes nothing that its successor has still to tell', async () => {
  const store = new FakeStore();
  const late = await openStage({ store });
  const successor = await openStage({ store });
  const [ice, broker] = [new Gate(), new Gate()];
  await late.purses.of('1').earn({ operation: 'a', points: 1 });
  late.fake.next('commit', heldAt(ice));
  await until(() => ice.arrived === 1);
  successor.fake.next('publish', (proceed) => proceed(), heldAt(broker));
  await successor.purses.of('1').spend({ operation: 'b', points: 1 });
  await until(() => broker.arrived === 1);
  ice.open();
  await until(() => late.fake.count('commit done') === 1 || late.fake.count('commit') === 2);
  expect(store.keys('Purse/1/outbox/')).toContain('Purse/1/outbox/1');
  expect(pointsIn(store)).toMatchObject({ state: { points: 2 }, outbox_next: 2 });
  broker.open();
  await until(() => successor.fake.published.length === 2);
});

test('a commit that is late by more than the safety reminder loses against it, since nobody would tell it', async () => {
  let nowMs = 1_000_000;
  const store = new FakeStore();
  const late = await openStage({ store, nowMs: () => nowMs });
  const successor = await openStage({ store, nowMs: () => nowMs });
  await late.purses.of('1').earn({ operation: 'a', points: 1 });
  const ice = new Gate();
  late.fake.next('commit', heldAt(ice));
  const spending = late.fake.command(
    'Purse/1',
    'spend',
    { operation: 'late', points: -1 },
    { deadlineMs: nowMs + 10_000 },
  );
  await until(() => ice.arrived === 1);
  nowMs += 30_000;
  successor.fake.arm('Purse/1/relay', '1000000');
  expect(await successor.fake.fire('Purse/1/relay')).toBe('done');
  ice.open();
  expect(await spending).toEqual({ fault: 'expired', retry: false });
  expect(pointsIn(store)).toMatchObject({ state: { points: 1 } });
});
