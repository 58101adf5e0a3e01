import { z } from 'zod';
import { defineActor, type Turn } from '../../../services/shared/dapr/actor';
import { noteOf } from '../../../services/shared/dapr/stream';
import * as dapr from '../../../services/gen/dapr/proto/runtime/v1/runtime';
import { appliedButFailed, heldAt, refused } from './support/faults';
import { reminderValue } from './support/fake-sidecar';
import { changed } from './support/purse';
import { closeStages, openStage } from './support/stage';
import { Gate, until } from './support/until';

afterEach(closeStages);

const state = z.object({ ticks: z.number() });
type State = z.infer<typeof state>;

/** Ticks when its reminder fires, tells each tick, and arms the next one. `act` is the world outside. */
const clockOver = (act: (turn: Turn<State>) => Promise<number>) =>
  defineActor({
    type: 'Clock',
    state,
    commands: {
      wind: {
        startedBy: 'message',
        input: z.object({}),
        decide: ({ state }) => ({ reply: null, state: state ?? { ticks: 0 }, remind: { tick: 1_500 } }),
      },
    },
    reminders: {
      tick: {
        act,
        decide: ({ id, state }, by: number) => {
          const ticks = (state?.ticks ?? 0) + by;
          return {
            reply: undefined,
            state: { ticks },
            events: [changed(id, String(ticks), ticks)],
            remind: { tick: 20 },
          };
        },
      },
    },
  });

const TICK = 'Clock/1/tick';
const ticksOf = (document: unknown): number => (document as { state: State }).state.ticks;

async function woundClock(act: (turn: Turn<State>) => Promise<number> = () => Promise.resolve(1)) {
  const stage = await openStage({ actors: [clockOver(act)] });
  await stage.fake.command('Clock/1', 'wind', {});
  return { ...stage, ticks: () => ticksOf(stage.fake.store.document('Clock/1/head')) };
}

test('a decision’s reminders are armed after its commit, and tried for ever', async () => {
  const { fake } = await woundClock();
  expect(fake.journal).toEqual(['read', 'read done', 'commit', 'commit done', 'remind', 'remind done']);
  const armed = fake.reminders.get(TICK);
  expect(armed?.dueTime).toBe('1500ms');
  expect(armed?.failurePolicy.constant.interval.seconds).toBeGreaterThan(0);
  expect(armed?.failurePolicy.constant.hasMaxRetries).toBe(false);
});

test('a reminder’s turn acts, commits, arms the next one, relays, and only then is acknowledged', async () => {
  const { fake, ticks } = await woundClock();
  const gate = new Gate();
  fake.next('publish', heldAt(gate));
  let outcome: string | undefined;
  const fired = fake.fire(TICK).then((one) => (outcome = one));
  await until(() => gate.arrived === 1);
  expect(ticks()).toBe(1);
  expect(outcome).toBeUndefined();
  gate.open();
  expect(await fired).toBe('done');
  expect(fake.reminders.get(TICK)?.dueTime).toBe('20ms');
});

test.each([
  ['its world fails', () => undefined, () => Promise.reject(new Error('no answer'))],
  ['the store cannot be read', 'read' as const, undefined],
  ['its event cannot be published', 'publish' as const, undefined],
  ['the next one cannot be armed', 'remind' as const, undefined],
])('it comes again when %s', async (_name, call, act) => {
  const { fake } = await woundClock(act);
  if (typeof call === 'string') fake.next(call, refused);
  expect(await fake.fire(TICK)).toBe('failed');
  expect(fake.reminders.has(TICK)).toBe(true);
});

test('an act is made once, however often the commit is tried', async () => {
  let acts = 0;
  const { fake, ticks } = await woundClock(() => Promise.resolve(++acts));
  fake.next('commit', refused, refused);
  expect(await fake.fire(TICK)).toBe('done');
  expect([acts, ticks()]).toEqual([1, 1]);
});

test('a commit carried out but not answered is decided again: such a decision must know its own work', async () => {
  const { fake, ticks } = await woundClock();
  fake.next('commit', appliedButFailed);
  await fake.fire(TICK);
  expect(ticks()).toBe(2);
});

describe('a second delivery', () => {
  test('joins the attempt that runs', async () => {
    const gate = new Gate();
    const { fake, ticks } = await woundClock(() => gate.pass().then(() => 1));
    const first = fake.fire(TICK);
    await until(() => gate.arrived === 1);
    const second = fake.fire(TICK);
    gate.open();
    expect(await Promise.all([first, second])).toEqual(['done', 'done']);
    expect([gate.arrived, ticks()]).toEqual([1, 1]);
  });

  test('joins its failure, too', async () => {
    const gate = new Gate();
    const { fake } = await woundClock(() => gate.pass().then(() => Promise.reject(new Error('no answer'))));
    const first = fake.fire(TICK);
    await until(() => gate.arrived === 1);
    const second = fake.fire(TICK);
    gate.open();
    expect(await Promise.all([first, second])).toEqual(['failed', 'failed']);
  });

  test('is a turn of its own once the first has armed the next one: else a tick would be lost', async () => {
    const { fake, ticks } = await woundClock();
    const gate = new Gate();
    fake.next('publish', heldAt(gate));
    const first = fake.fire(TICK);
    await until(() => gate.arrived === 1);
    const second = fake.fire(TICK);
    await until(() => ticks() === 2);
    gate.open();
    expect(await Promise.all([first, second])).toEqual(['done', 'done']);
    expect(fake.reminders.has(TICK)).toBe(true);
  });
});

test.each([
  ['an unknown name', 'Clock/1/cuckoo'],
  ['a name of Object’s own', 'Clock/1/constructor'],
  ['an unknown type', 'Sundial/1/tick'],
  ['an id that may be no key', 'Clock/a b/tick'],
])('a reminder of %s is cancelled', async (_name, reminder) => {
  const { fake } = await woundClock();
  const [actorType, actorId, name] = reminder.split('/') as [string, string, string];
  fake.reminders.set(reminder, new dapr.RegisterActorReminderRequest({ actorType, actorId, name }));
  expect(await fake.fire(reminder)).toBe('cancelled');
});

describe('the note of a reminder comes back', () => {
  test.each([0, 1, 13, 19, 20, 21, 22, 23, 100, 3_262, 5_000])('%p characters', (length) => {
    const note = '1'.repeat(length);
    const value = reminderValue(Buffer.from(JSON.stringify(note)));
    expect(noteOf(new dapr.Any({ value }))).toBe(note);
  });

  test('as the bytes that a runtime sent', () => {
    const value = Buffer.concat([Buffer.from([0x0a, 0x16]), Buffer.from('"IjE3NjM4NDYwMDAwMDAi"')]);
    expect(noteOf(new dapr.Any({ value: value.subarray(0, 2 + 0x16) }))).toBe('1763846000000');
  });

  test.each([
    ['nothing', undefined],
    ['an empty value', Buffer.alloc(0)],
    ['no JSON', Buffer.from([0x0a, 2, 0x41, 0x42])],
    ['a note that is no text', reminderValue(Buffer.from('{"a":1}'))],
    ['no end of its length', Buffer.from([0x0a, 0xff, 0xff])],
  ])('%s is no note', (_name, value) => {
    expect(noteOf(value && new dapr.Any({ value }))).toBeUndefined();
  });
});
