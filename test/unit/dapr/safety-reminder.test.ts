import { z } from 'zod';
import { defineActor, type Turn } from '../../../services/shared/dapr/actor';
import { noteOf } from '../../../services/shared/dapr/stream';
import * as dapr from '../../../services/gen/dapr/proto/runtime/v1/runtime';
import { heldAt, refused } from './support/faults';
import { reminderValue, type FakeSidecar } from './support/fake-sidecar';
import { changed, purse } from './support/purse';
import { closeStages, openStage } from './support/stage';
import { Gate, until } from './support/until';

afterEach(closeStages);

const SAFETY = 'Purse/1/relay';
const pay = { operation: 'a', points: 5 };
const later = Date.now() + 3_600_000;

const noteAt = (fake: FakeSidecar): string | undefined => {
  const armed = fake.reminders.get(SAFETY);
  return armed && noteOf(new dapr.Any({ value: reminderValue(armed.data) }));
};

test('its arming is confirmed before the commit is sent', async () => {
  const { fake, purses } = await openStage();
  const gate = new Gate();
  fake.next('remind', heldAt(gate));
  const spending = purses.of('1').spend(pay);
  await until(() => gate.arrived === 1 && fake.count('read done') === 1);
  expect(fake.count('commit')).toBe(0);
  gate.open();
  await spending;
  expect(fake.journal.indexOf('remind done')).toBeLessThan(fake.journal.indexOf('commit'));
  expect(fake.reminders.get(SAFETY)?.dueTime).toBe('30000ms');
});

test('when it cannot be armed, nothing is committed and the caller may try again', async () => {
  const { fake } = await openStage();
  fake.next('remind', refused);
  expect(await fake.command('Purse/1', 'spend', pay)).toEqual({ fault: 'Purse/spend failed', retry: true });
  expect(fake.store.keys()).toEqual([]);
});

test('a refusal is answered even then', async () => {
  const { fake } = await openStage();
  fake.next('remind', refused);
  expect(await fake.command('Purse/1', 'spend', { ...pay, points: -5 })).toMatchObject({
    reply: { ok: false },
  });
});

test.each(['earn', 'peek'])('%s arms none: the broker or the caller comes again', async (command) => {
  const { fake } = await openStage();
  await fake.command('Purse/1', command, pay);
  expect(fake.count('remind')).toBe(0);
});

test('it relays what a process left that died after its commit', async () => {
  const { fake } = await openStage();
  fake.store.plant('Purse/1/head', {
    state: { points: 5, results: { a: 5 } },
    outbox_from: 0,
    outbox_next: 1,
  });
  fake.store.plant('Purse/1/outbox/0', changed('1', 'a', 5));
  fake.arm(SAFETY, String(Date.now()));
  fake.next('publish', refused);
  expect(await fake.fire(SAFETY)).toBe('failed');
  expect(await fake.fire(SAFETY)).toBe('done');
  expect(fake.published).toHaveLength(1);
  expect(fake.reminders.has(SAFETY)).toBe(false);
});

describe('without a head', () => {
  test.each([
    ['at once', 0, true],
    ['after 9 minutes', 540_000, true],
    ['a moment before 10 minutes', 599_999, true],
    ['after 10 minutes', 600_000, false],
  ])('%s after its first arming: armed again is %p', async (_name, afterMs, again) => {
    const { fake } = await openStage({ nowMs: () => 1_000_000 + afterMs });
    fake.arm(SAFETY, '1000000');
    expect(await fake.fire(SAFETY)).toBe('done');
    expect(fake.reminders.has(SAFETY)).toBe(again);
    if (again) expect(noteAt(fake)).toBe('1000000');
    expect(fake.store.keys()).toEqual([]);
  });

  test('from the arming by a request on, for ten minutes', async () => {
    let nowMs = 1_000_000;
    const { fake } = await openStage({ nowMs: () => nowMs });
    await fake.command('Purse/1', 'spend', { ...pay, points: -5 }, { deadlineMs: later });
    let fired = 0;
    for (; fake.reminders.has(SAFETY) && fired < 100; fired++) {
      nowMs += 30_000;
      await fake.fire(SAFETY);
    }
    expect(fired).toBe(20);
  });
});

describe('an actor’s own reminder as its safety reminder', () => {
  const state = z.object({ open: z.boolean() });
  type State = z.infer<typeof state>;
  const acted: (State | undefined)[] = [];
  const gateActor = defineActor({
    type: 'Purse',
    state,
    safetyReminder: { name: 'watch', dueMs: 5_000 },
    commands: {
      open: {
        startedBy: 'request',
        input: z.object({}),
        decide: () => ({
          reply: null,
          state: { open: true },
          events: [changed('1', 'a', 1)],
          remind: { watch: 9_000 },
        }),
      },
    },
    reminders: {
      watch: {
        act: async (turn: Turn<State>) => void acted.push(turn.state),
        decide: (turn: Turn<State>) => ({
          reply: undefined,
          ...(turn.state?.open && { remind: { watch: 60_000 } }),
        }),
      },
    },
  });

  test('has both duties, and waits for a head without acting', async () => {
    const { fake } = await openStage({ actors: [gateActor] });
    fake.arm('Purse/1/watch', String(Date.now()));
    await fake.fire('Purse/1/watch');
    expect(acted).toEqual([]);
    expect(fake.reminders.get('Purse/1/watch')?.dueTime).toBe('5000ms');
    fake.next('publish', refused);
    await fake.command('Purse/1', 'open', {});
    await fake.fire('Purse/1/watch');
    expect(fake.count('commit')).toBe(1);
    expect(acted).toEqual([{ open: true }]);
    expect(fake.published).toHaveLength(1);
    expect(fake.reminders.get('Purse/1/watch')?.dueTime).toBe('60000ms');
  });
});

test('it writes nothing when the request that armed it has committed', async () => {
  const { fake, purses } = await openStage();
  await purses.of('1').spend(pay);
  await until(() => fake.store.keys('Purse/1/outbox/').length === 0);
  const commits = fake.count('commit');
  await fake.fire(SAFETY);
  expect(fake.count('commit')).toBe(commits);
});

test('it is armed in place of one that is armed: one an actor, however many requests', async () => {
  const { fake, purses } = await openStage({ actors: [purse] });
  for (const operation of ['a', 'b', 'c']) await purses.of('1').spend({ operation, points: 1 });
  expect([...fake.reminders.keys()]).toEqual([SAFETY]);
});
