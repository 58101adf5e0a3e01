import { z } from 'zod';
import { defineActor } from '../../../services/shared/dapr/actor';
import { actorClient } from '../../../services/shared/dapr/client';
import { MAX_BODY_BYTES, TooLargeError } from '../../../services/shared/dapr/runtime';
import { changed } from './support/purse';
import { closeStages, openStage } from './support/stage';

afterEach(closeStages);

/** Room for what the host and the client put round a text. */
const ROUND_BYTES = 1_024;
const FITS = MAX_BODY_BYTES - ROUND_BYTES;
const size = z.object({ bytes: z.number() });
const text = (bytes: number): string => 'x'.repeat(bytes);

const hoard = defineActor({
  type: 'Hoard',
  state: z.object({ text: z.string() }),
  commands: {
    keep: {
      startedBy: 'message',
      input: size,
      decide: (_turn, { bytes }) => ({ reply: bytes, state: { text: text(bytes) } }),
    },
    file: {
      startedBy: 'message',
      input: size,
      decide: (_turn, { bytes }) => ({ reply: bytes, state: { text: '' }, documents: { page: text(bytes) } }),
    },
    tell: {
      startedBy: 'message',
      input: size,
      decide: (_turn, { bytes }) => {
        const row = changed('1', 'a', 1);
        const events = [{ ...row, event: { ...row.event, data: text(bytes) } }];
        return { reply: bytes, state: { text: '' }, events };
      },
    },
    answer: { startedBy: 'read', input: size, decide: (_turn, { bytes }) => ({ reply: text(bytes) }) },
    hear: {
      startedBy: 'read',
      input: z.object({ text: z.string() }),
      decide: (_turn, input) => ({ reply: input.text.length }),
    },
  },
});

const tooLarge = { fault: expect.stringMatching(/^too_large: \d+ bytes/), retry: false };

test.each([['keep'], ['file'], ['tell']])('%s: a body just below 3.5 MiB passes', async (command) => {
  const { fake } = await openStage({ actors: [hoard] });
  expect(await fake.command('Hoard/1', command, { bytes: FITS })).toEqual({ reply: FITS });
});

test.each([['keep'], ['file'], ['tell']])(
  '%s: a larger one is refused before it is sent',
  async (command) => {
    const { fake } = await openStage({ actors: [hoard] });
    expect(await fake.command('Hoard/1', command, { bytes: MAX_BODY_BYTES })).toEqual(tooLarge);
    expect([fake.count('commit'), fake.count('publish')]).toEqual([0, 0]);
    expect(await fake.command('Hoard/1', 'keep', { bytes: 1 })).toEqual({ reply: 1 });
  },
);

test('a reply: one just below passes, a larger one is a fault and leaves the stream whole', async () => {
  const { fake } = await openStage({ actors: [hoard] });
  expect(await fake.command('Hoard/1', 'answer', { bytes: FITS })).toEqual({ reply: text(FITS) });
  expect(await fake.command('Hoard/1', 'answer', { bytes: MAX_BODY_BYTES })).toEqual(tooLarge);
  expect(fake.placement.registrations).toBe(1);
});

test('a call: one just below passes, a larger one is refused by the client, without a try', async () => {
  const { fake, sidecar } = await openStage({ actors: [hoard] });
  const hoards = actorClient(sidecar, hoard);
  expect(await hoards.of('1').hear({ text: text(FITS) })).toBe(FITS);
  const read = fake.count('read');
  await expect(hoards.of('1').hear({ text: text(MAX_BODY_BYTES) })).rejects.toMatchObject({
    message: expect.stringMatching(/^too_large/),
    retry: false,
  });
  expect(fake.count('read')).toBe(read);
});

test('an event by itself', async () => {
  const { fake, sidecar } = await openStage();
  await sidecar.publish('t', 'k', JSON.stringify(text(MAX_BODY_BYTES - 2)));
  await expect(sidecar.publish('t', 'k', JSON.stringify(text(MAX_BODY_BYTES - 1)))).rejects.toBeInstanceOf(
    TooLargeError,
  );
  expect(fake.published).toHaveLength(1);
});
