import { z } from 'zod';
import { defineActor } from '../../../services/shared/dapr/actor';
import { closeStages, openStage } from './support/stage';

afterEach(closeStages);

describe('documents', () => {
  const shelf = defineActor({
    type: 'Shelf',
    state: z.object({ books: z.number() }),
    commands: {
      insert: {
        startedBy: 'message',
        input: z.object({ title: z.string() }),
        decide: ({ state }, { title }) => {
          const books = (state?.books ?? 0) + 1;
          return { reply: books, state: { books }, inserts: { [`book/${title}`]: { title } } };
        },
      },
      remove: {
        startedBy: 'message',
        input: z.object({ title: z.string() }),
        documents: ({ title }) => [`book/${title}`],
        decide: ({ state, documents }, { title }) => ({
          reply: documents.get(`book/${title}`, z.object({ title: z.string() }))?.title ?? null,
          state: { books: (state?.books ?? 0) - 1 },
          documents: { [`book/${title}`]: null },
        }),
      },
      follow: {
        startedBy: 'read',
        input: z.object({ from: z.string() }),
        documents: ({ from }) => [from],
        more: ({ documents }, { from }) => {
          const chain = [from];
          for (let at = documents.get(from, z.string()); at; at = documents.get(at, z.string()))
            chain.push(at);
          return chain;
        },
        decide: ({ documents }) => ({ reply: ['a', 'b', 'c', 'd'].filter((key) => documents.has(key)) }),
      },
    },
  });

  test('an insert refuses a key that exists, and nothing of its turn is written', async () => {
    const { fake } = await openStage({ actors: [shelf] });
    expect(await fake.command('Shelf/1', 'insert', { title: 'x' })).toEqual({ reply: 1 });
    expect(await fake.command('Shelf/1', 'insert', { title: 'x' })).toMatchObject({ retry: true });
    expect(fake.store.document('Shelf/1/head')).toMatchObject({ state: { books: 1 } });
  });

  test('null deletes a document', async () => {
    const { fake } = await openStage({ actors: [shelf] });
    await fake.command('Shelf/1', 'insert', { title: 'x' });
    expect(await fake.command('Shelf/1', 'remove', { title: 'x' })).toEqual({ reply: 'x' });
    expect(await fake.command('Shelf/1', 'remove', { title: 'x' })).toEqual({ reply: null });
    expect(fake.store.keys()).toEqual(['Shelf/1/head']);
  });

  test('documents that depend on documents are read until nothing new is asked for', async () => {
    const { fake } = await openStage({ actors: [shelf] });
    fake.store.plant('Shelf/1/a', 'b');
    fake.store.plant('Shelf/1/b', 'c');
    expect(await fake.command('Shelf/1', 'follow', { from: 'a' })).toEqual({ reply: ['a', 'b', 'c'] });
  });
});
