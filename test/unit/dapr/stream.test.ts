import * as dapr from '../../../services/gen/dapr/proto/runtime/v1/runtime';
import { heldAt } from './support/faults';
import { closeStages, openStage } from './support/stage';
import { Gate, until } from './support/until';

afterEach(closeStages);

const pay = { operation: 'a', points: 5 };

test('the app names its actor types once', async () => {
  const { fake, stream } = await openStage();
  expect(fake.placement.types).toEqual(['Purse']);
  expect(stream.ready).toBe(true);
  expect(fake.placement.registrations).toBe(1);
});

test('a deactivation is answered at once, also while a turn runs', async () => {
  const { fake } = await openStage();
  const gate = new Gate();
  fake.next('commit', heldAt(gate));
  const earning = fake.command('Purse/1', 'earn', pay);
  await until(() => gate.arrived === 1);
  const answer = await fake.placement.ask((id) => ({
    deactivateRequest: new dapr.DeactivateRequest({ id, actorType: 'Purse', actorId: '1' }),
  }));
  expect(answer.request_type).toBe('deactivateResponse');
  gate.open();
  expect(await earning).toEqual({ reply: { ok: true, points: 5 } });
});

test('a timer that nobody set is cancelled', async () => {
  const { fake } = await openStage();
  const answer = await fake.placement.ask((id) => ({ timerRequest: new dapr.TimerRequest({ id }) }));
  expect(answer.timerResponse.cancel).toBe(true);
});

describe.each([
  ['an unknown command', 'Purse/1', 'steal', pay],
  ['a name of Object’s own', 'Purse/1', 'constructor', pay],
  ['an unknown type', 'Wallet/1', 'earn', pay],
  ['an id that may be no key', 'Purse/a b', 'earn', pay],
  ['an input that does not fit', 'Purse/1', 'earn', { points: 'many' }],
])('%s', (_name, actor, command, input) => {
  test('is a fault that no retry mends, and touches nothing', async () => {
    const { fake } = await openStage();
    expect(await fake.command(actor, command, input)).toMatchObject({ retry: false });
    expect(fake.journal).toEqual([]);
  });
});

describe('a stream that breaks', () => {
  test('is opened again; a call under way is tried again by its client and carried out once', async () => {
    const { fake, purses, stream } = await openStage();
    const gate = new Gate();
    fake.next('commit', heldAt(gate));
    const earning = purses.of('1').earn(pay);
    await until(() => gate.arrived === 1);
    fake.placement.drop();
    await until(() => !stream.ready);
    gate.open();
    expect(await earning).toEqual({ ok: true, points: 5 });
    expect(fake.placement.registrations).toBe(2);
    expect(await purses.of('1').peek({})).toBe(5);
  });

  test('a call that comes in the gap waits for it', async () => {
    const { fake, purses } = await openStage();
    fake.placement.drop();
    expect(await purses.of('1').earn(pay)).toEqual({ ok: true, points: 5 });
    expect(fake.placement.registrations).toBe(2);
  });

  test('nothing is remembered: the next turn is decided on what is stored then', async () => {
    const { fake, purses } = await openStage();
    await purses.of('1').earn(pay);
    fake.placement.drop();
    fake.store.plant('Purse/1/head', { state: { points: 77, results: {} }, outbox_from: 5, outbox_next: 5 });
    expect(await purses.of('1').earn({ operation: 'b', points: 1 })).toEqual({ ok: true, points: 78 });
    expect(fake.published).toHaveLength(2);
  });

  test('again and again', async () => {
    const { fake, stream } = await openStage();
    for (let times = 2; times <= 4; times++) {
      fake.placement.drop();
      await until(() => stream.ready && fake.placement.registrations === times);
    }
  });
});

describe('a process that leaves', () => {
  test('ends its turns, publishes and clears; later requests may be tried elsewhere', async () => {
    const { fake, host } = await openStage();
    const gate = new Gate();
    fake.next('commit', heldAt(gate));
    const spending = fake.command('Purse/1', 'spend', pay);
    await until(() => gate.arrived === 1);
    const drained = host.drain();
    expect(await fake.command('Purse/1', 'peek', {})).toMatchObject({ retry: true });
    fake.arm('Purse/1/relay', '0');
    expect(await fake.fire('Purse/1/relay')).toBe('failed');
    gate.open();
    expect(await spending).toEqual({ reply: { ok: true, points: 5 } });
    await drained;
    expect(fake.published).toHaveLength(1);
    expect(fake.store.keys()).toEqual(['Purse/1/head']);
  });

  test('ends the stream and opens no other', async () => {
    const { fake, host, stream } = await openStage();
    await host.drain();
    await stream.close();
    expect([stream.ready, fake.placement.types, fake.placement.registrations]).toEqual([false, [], 1]);
  });
});

test('an actor that rests is not kept in memory, nor is what it could not publish', async () => {
  const { fake, registry, host } = await openStage();
  const refuse = () => Promise.reject(Object.assign(new Error('no broker'), { code: 14 }));
  fake.next('publish', refuse);
  await fake.command('Purse/1', 'earn', pay);
  const pending = async () =>
    (await registry.getSingleMetric('actor_outbox_pending_rows')!.get()).values[0]?.value;
  expect(await pending()).toBe(0);
  await fake.command('Purse/1', 'earn', pay);
  expect([await pending(), fake.published.length]).toEqual([0, 1]);
  expect(host.types).toEqual(['Purse']);
});
