import { z } from 'zod';
import { defineActor } from '../../../services/shared/dapr/actor';
import { appliedButFailed, heldAt, refused } from './support/faults';
import { closeStages, openStage } from './support/stage';
import { Gate, until } from './support/until';

afterEach(closeStages);

describe('a turn loads, decides, commits and tells', () => {
  test('head, documents and outbox rows are written by one transaction', async () => {
    const { fake, purses } = await openStage();
    const gate = new Gate();
    fake.next('publish', heldAt(gate));
    const earning = purses.of('1').earn({ operation: 'a', points: 5 });
    await until(() => gate.arrived === 1);
    expect(fake.store.keys()).toEqual(['Purse/1/head', 'Purse/1/outbox/0']);
    expect(fake.store.document('Purse/1/head')).toEqual({
      state: { points: 5, results: { a: 5 } },
      outbox_from: 0,
      outbox_next: 1,
    });
    expect(fake.count('commit')).toBe(1);
    gate.open();
    await earning;
  });

  test('a request is answered before its event is published', async () => {
    const { fake, purses } = await openStage();
    const gate = new Gate();
    fake.next('publish', heldAt(gate));
    expect(await purses.of('1').spend({ operation: 'a', points: 5 })).toEqual({ ok: true, points: 5 });
    expect(fake.published).toEqual([]);
    gate.open();
    await until(() => fake.published.length === 1);
    expect(fake.published[0]).toMatchObject({
      topic: 'purse_changed',
      key: '1',
      event: { data: { points: 5 } },
    });
  });

  test('a message is answered after its event is published', async () => {
    const { fake, purses } = await openStage();
    const gate = new Gate();
    fake.next('publish', heldAt(gate));
    let answered = false;
    const reply = purses
      .of('1')
      .earn({ operation: 'a', points: 5 })
      .finally(() => (answered = true));
    await until(() => gate.arrived === 1);
    expect(answered).toBe(false);
    gate.open();
    await reply;
    expect(fake.published).toHaveLength(1);
  });

  test('a refusal is a reply and writes nothing', async () => {
    const { fake, purses } = await openStage();
    expect(await purses.of('1').spend({ operation: 'a', points: -5 })).toEqual({
      ok: false,
      slug: 'insufficient_points',
    });
    expect(fake.count('commit')).toBe(0);
  });

  test('a command may answer with nothing', async () => {
    const mute = defineActor({
      type: 'Mute',
      state: z.object({}),
      commands: { nod: { startedBy: 'read', input: z.object({}), decide: () => ({ reply: undefined }) } },
    });
    const { fake } = await openStage({ actors: [mute] });
    expect(await fake.command('Mute/1', 'nod', {})).toEqual({ reply: null });
  });

  test('a decision without a state that wants to write is a fault', async () => {
    const sloppy = defineActor({
      type: 'Sloppy',
      state: z.object({}),
      commands: {
        go: { startedBy: 'message', input: z.object({}), decide: () => ({ reply: 1, documents: { a: 1 } }) },
      },
    });
    const { fake } = await openStage({ actors: [sloppy] });
    expect(await fake.command('Sloppy/1', 'go', {})).toEqual({ fault: 'Sloppy/go failed', retry: true });
    expect(fake.store.keys()).toEqual([]);
  });
});

describe('a commit that did not go well is decided again on what is stored now', () => {
  test('a mismatch: the other commit counts', async () => {
    const { fake, purses } = await openStage();
    await purses.of('1').earn({ operation: 'a', points: 5 });
    fake.next('commit', (proceed) => {
      fake.store.plant('Purse/1/head', {
        state: { points: 100, results: { b: 100 } },
        outbox_from: 1,
        outbox_next: 1,
      });
      proceed();
    });
    expect(await purses.of('1').spend({ operation: 'c', points: -3 })).toEqual({ ok: true, points: 97 });
    expect(fake.store.document('Purse/1/head')).toMatchObject({
      state: { points: 97, results: { b: 100, c: 97 } },
    });
  });

  test.each([
    ['it was refused', refused],
    ['it was carried out', appliedButFailed],
  ])('an unknown outcome, and %s: done once, the first result is the reply', async (_name, fault) => {
    const { fake, purses } = await openStage();
    fake.next('commit', fault);
    expect(await purses.of('1').earn({ operation: 'a', points: 5 })).toEqual({ ok: true, points: 5 });
    expect(fake.published.map(({ event }) => event.id)).toEqual(['purse_changed:a']);
    expect(await purses.of('1').peek({})).toBe(5);
  });

  test('the tries are bounded; then it is a fault that the caller may retry', async () => {
    const { fake } = await openStage();
    fake.next('commit', ...Array.from({ length: 8 }, () => refused));
    expect(await fake.command('Purse/1', 'earn', { operation: 'a', points: 5 })).toEqual({
      fault: 'Purse/earn failed',
      retry: true,
    });
    expect(fake.count('commit')).toBe(8);
  });
});

describe('a deadline that has passed writes nothing', () => {
  const pay = { operation: 'a', points: 5 };

  test('before the turn: not even the store is read or a reminder armed', async () => {
    const { fake } = await openStage();
    const reply = await fake.command('Purse/1', 'spend', pay, { deadlineMs: Date.now() - 1 });
    expect(reply).toEqual({ fault: 'expired', retry: false });
    expect(fake.journal).toEqual([]);
  });

  test.each([
    ['while it loads', 'read' as const],
    ['while it arms the safety reminder', 'remind' as const],
  ])('%s', async (_name, call) => {
    let nowMs = 1_000;
    const { fake } = await openStage({ nowMs: () => nowMs });
    fake.next(call, (proceed) => {
      nowMs = 2_001;
      proceed();
    });
    expect(await fake.command('Purse/1', 'spend', pay, { deadlineMs: 2_000 })).toMatchObject({
      fault: 'expired',
    });
    expect(fake.count('commit')).toBe(0);
  });

  test('between two tries of its commit', async () => {
    let nowMs = 1_000;
    const { fake } = await openStage({ nowMs: () => nowMs });
    fake.next('commit', (proceed) => {
      nowMs = 2_001;
      return refused(proceed);
    });
    expect(await fake.command('Purse/1', 'earn', pay, { deadlineMs: 2_000 })).toMatchObject({
      fault: 'expired',
    });
    expect(fake.count('commit')).toBe(1);
  });
});
