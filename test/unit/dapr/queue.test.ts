import { z } from 'zod';
import { defineActor } from '../../../services/shared/dapr/actor';
import { ActorFault } from '../../../services/shared/dapr/envelope';
import { FullError, Semaphore, SerialQueue } from '../../../services/shared/dapr/queue';
import { heldAt } from './support/faults';
import { closeStages, openStage } from './support/stage';
import { Gate, until } from './support/until';

afterEach(closeStages);

const earn = (operation: string) => ({ operation, points: 1 });

describe('turns of one actor', () => {
  test('run one after the other, also when the sidecar sends a second request while one runs', async () => {
    const { fake } = await openStage();
    const gate = new Gate();
    fake.next('commit', heldAt(gate));
    const first = fake.command('Purse/1', 'earn', earn('a'));
    await until(() => gate.arrived === 1);
    const second = fake.command('Purse/1', 'earn', earn('b'));
    const elsewhere = await fake.command('Purse/2', 'earn', earn('c'));
    expect(elsewhere).toEqual({ reply: { ok: true, points: 1 } });
    expect(fake.count('read')).toBe(2);
    gate.open();
    expect(await Promise.all([first, second])).toEqual([
      { reply: { ok: true, points: 1 } },
      { reply: { ok: true, points: 2 } },
    ]);
  });

  test('the same request delivered twice is carried out once, thanks to its operation id', async () => {
    const { fake } = await openStage();
    expect(await fake.command('Purse/1', 'earn', earn('a'), { copies: 2 })).toEqual({
      reply: { ok: true, points: 1 },
    });
    await until(() => fake.count('read done') >= 2);
    expect(await fake.command('Purse/1', 'peek', {})).toEqual({ reply: 1 });
  });

  test('the queue holds until the turn has really ended, not until its caller gave up', async () => {
    const { fake, purses } = await openStage();
    const gate = new Gate();
    fake.next('commit', heldAt(gate));
    const gaveUp = purses.of('1').earn(earn('a'), { deadlineMs: Date.now() + 50 });
    await expect(gaveUp).rejects.toThrow(ActorFault);
    const second = fake.command('Purse/1', 'peek', {});
    expect(fake.count('read')).toBe(1);
    gate.open();
    expect(await second).toEqual({ reply: 1 });
  });

  test('more than 256 are turned away with a fault that may be retried', async () => {
    const { fake } = await openStage();
    const gate = new Gate();
    fake.next('commit', heldAt(gate));
    const first = fake.command('Purse/1', 'earn', earn('a'));
    await until(() => gate.arrived === 1);
    const waiting = Array.from({ length: 255 }, () => fake.command('Purse/1', 'peek', {}));
    expect(await fake.command('Purse/1', 'peek', {})).toMatchObject({
      fault: expect.stringContaining('256'),
      retry: true,
    });
    gate.open();
    await first;
    expect(await Promise.all(waiting)).toEqual(waiting.map(() => ({ reply: 1 })));
  });

  test('one that throws does not hold up the next', async () => {
    const shaky = defineActor({
      type: 'Shaky',
      state: z.object({}),
      commands: {
        fall: {
          startedBy: 'read',
          input: z.object({}),
          decide: () => {
            throw new Error('oops');
          },
        },
        stand: { startedBy: 'read', input: z.object({}), decide: () => ({ reply: 'up' }) },
      },
    });
    const { fake } = await openStage({ actors: [shaky] });
    const answers = await Promise.all([
      fake.command('Shaky/1', 'fall', {}),
      fake.command('Shaky/1', 'stand', {}),
    ]);
    expect(answers).toEqual([{ fault: 'Shaky/fall failed', retry: true }, { reply: 'up' }]);
  });
});

test('a process runs 64 turns at once; the other actors wait', async () => {
  const { fake } = await openStage();
  const gate = new Gate();
  fake.next('read', ...Array.from({ length: 64 }, () => heldAt(gate)));
  const peeks = Array.from({ length: 100 }, (_, id) => fake.command(`Purse/${id}`, 'peek', {}));
  await until(() => gate.arrived === 64);
  expect(fake.count('read')).toBe(64);
  gate.open();
  expect(await Promise.all(peeks)).toHaveLength(100);
});

test('many actors at once', async () => {
  const { fake, purses } = await openStage();
  const ids = Array.from({ length: 200 }, (_, id) => String(id));
  await Promise.all(ids.map((id) => purses.of(id).earn(earn(id))));
  expect(fake.published).toHaveLength(200);
});

describe('SerialQueue', () => {
  test('keeps the order, outlives a failure, and is idle in the end', async () => {
    const queue = new SerialQueue(10);
    const order: number[] = [];
    const results = await Promise.allSettled(
      [1, 2, 3].map((one) =>
        queue.run(async () => {
          order.push(one);
          if (one === 2) throw new Error('two');
          return one;
        }),
      ),
    );
    expect(order).toEqual([1, 2, 3]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(queue.idle).toBe(true);
  });

  test('refuses at once what is beyond its limit', async () => {
    const queue = new SerialQueue(1);
    const gate = new Gate();
    const running = queue.run(() => gate.pass());
    await expect(queue.run(() => Promise.resolve())).rejects.toBeInstanceOf(FullError);
    gate.open();
    await running;
    await expect(queue.run(() => Promise.resolve('again'))).resolves.toBe('again');
  });
});

test('Semaphore gives a place on when a task fails', async () => {
  const semaphore = new Semaphore(1);
  const failing = semaphore.run(() => Promise.reject(new Error('oops')));
  const next = semaphore.run(() => Promise.resolve('next'));
  await expect(failing).rejects.toThrow('oops');
  expect(await next).toBe('next');
  expect(await semaphore.run(() => Promise.resolve('last'))).toBe('last');
});
