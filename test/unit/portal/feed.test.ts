import { Feed, type Subscriber } from '../../../services/portal/events/feed';
import type { ChangesView } from '../../../services/portal/ports';

const view = (version: number, fields: Partial<ChangesView> = {}): ChangesView => ({
  version,
  reset: false,
  orders: [{ number: String(version), status: 'NEW', uploadedAt: '2026-01-01T00:00:00.000Z' }],
  currentMinor: version * 100,
  withdrawnMinor: 0,
  ...fields,
});

function subscriber(seen = 0) {
  const told: string[] = [];
  const one: Subscriber = {
    seen,
    tell: ({ version, reset, orders }) =>
      told.push(reset ? `${version} reset` : `${version}: ${orders.map(({ number }) => number).join()}`),
    end: () => told.push('end'),
  };
  return { one, told };
}

/**
 * Runs a feed through a list of answers and ends it; its clock moves by pauses and by `tookMs` for each question.
 * @param at runs before the answer of each question is given
 */
async function run(
  answers: (ChangesView | undefined)[],
  at: (feed: Feed, question: number) => void,
  { since = 0, tookMs = 5_000 } = {},
) {
  let now = 0;
  const pauses: number[] = [];
  const asked: number[] = [];
  const ask = async (version: number): Promise<ChangesView | undefined> => {
    asked.push(version);
    now += tookMs;
    at(feed, asked.length);
    const answer = answers[asked.length - 1];
    if (asked.length >= answers.length) feed.end();
    return Promise.resolve(answer);
  };
  const pause = (ms: number): Promise<void> => {
    pauses.push(ms);
    now += ms;
    return Promise.resolve();
  };
  const feed: Feed = new Feed(ask, since, { nowMs: () => now, pause });
  at(feed, 0);
  await feed.run();
  return { asked, pauses };
}

test('tells what changes, and asks on from there', async () => {
  const { one, told } = subscriber();
  const { asked } = await run([view(2), view(2), view(5)], (feed, question) => {
    if (question === 0) feed.join(one);
  });
  expect(asked).toEqual([0, 2, 2]);
  expect(told).toEqual(['2: 2', 'end', '5: 5']);
});

test('asks one question however many listen', async () => {
  const all = Array.from({ length: 5 }, () => subscriber());
  const { asked } = await run([view(1), view(2)], (feed, question) => {
    if (question === 0) all.forEach(({ one }) => feed.join(one));
  });
  expect(asked).toEqual([0, 1]);
  for (const { told } of all) expect(told.filter((line) => line !== 'end')).toEqual(['1: 1', '2: 2']);
});

test.each([
  ['has seen what the question was asked from', 4, ['6: 6']],
  ['has seen less', 3, ['6 reset']],
  ['has seen nothing', 0, ['6 reset']],
  ['has seen as much as there is', 6, []],
  ['has seen what has never been', 9, ['6 reset']],
])('who joins while a question waits and %s', async (_, seen, expected) => {
  const [first, joining] = [subscriber(4), subscriber(seen)];
  await run(
    [view(6), view(6)],
    (feed, question) => {
      if (question === 0) feed.join(first.one);
      if (question === 1) feed.join(joining.one);
    },
    { since: 4 },
  );
  expect(joining.told.filter((line) => line !== 'end')).toEqual(expected);
});

test('who joins later learns at once that there is more', async () => {
  const [first, later] = [subscriber(), subscriber(1)];
  await run([view(3), view(3)], (feed, question) => {
    if (question === 0) feed.join(first.one);
    if (question === 2) feed.join(later.one);
  });
  expect(later.told).toEqual(['3 reset', 'end']);
});

test('a view that begins anew is told of', async () => {
  const { one, told } = subscriber(7);
  const { asked } = await run(
    [view(2, { reset: true, orders: [] }), view(2)],
    (feed, question) => {
      if (question === 0) feed.join(one);
    },
    { since: 7 },
  );
  expect([asked, told]).toEqual([
    [7, 2],
    ['2 reset', 'end'],
  ]);
});

test('paces itself where there is no answer, and where answers do not wait', async () => {
  const { one } = subscriber();
  const answers = [
    undefined,
    undefined,
    view(0),
    undefined,
    undefined,
    undefined,
    view(1),
    undefined,
    view(1),
  ];
  const { pauses } = await run(
    answers,
    (feed, question) => {
      if (question === 0) feed.join(one);
    },
    { tookMs: 10 },
  );
  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 100, 1_000, 2_000]);
});

test('ends when nobody listens any more', async () => {
  const { one } = subscriber();
  const { asked } = await run([view(1), view(2), view(3)], (feed, question) => {
    if (question === 0) feed.join(one);
    if (question === 2) expect([feed.leave(one), feed.leave(one)]).toEqual([true, false]);
  });
  expect(asked).toEqual([0, 1]);
});
