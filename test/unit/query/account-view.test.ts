import type { OrderSnapshot } from '../../../services/shared/events/schemas';
import { allEntries, happenings, newView, orderNumberOf, tell, type Step } from './account';

const NUMBER = orderNumberOf(1);
const upload: Step = { step: 'upload', order: 1 };
const finished = (accrual_minor: number, order = 1): Step => ({
  step: 'accrual',
  order,
  accrual: { name: 'accrual_finished', accrual_minor },
});
const order = (view: ReturnType<typeof newView>) =>
  (view.send('getOrder', { number: NUMBER, marks: [] }) as { order: OrderSnapshot | null }).order;

describe('an order', () => {
  const { events } = happenings([upload, finished(500)]);
  const [created, updated, credited] = events as [never, never, never];

  test.each([
    ['the entry last', [created, updated, credited], ['NEW', 'PROCESSING', 'PROCESSED']],
    ['the entry before the move', [created, credited, updated], ['NEW', 'NEW', 'PROCESSED']],
    ['the entry before everything', [credited, created, updated], [undefined, 'NEW', 'PROCESSED']],
    ['the move before the upload', [updated, created, credited], ['PROCESSING', 'PROCESSING', 'PROCESSED']],
  ])('%s: it is seen as PROCESSED when its points are', (_, told, statuses) => {
    const view = newView();
    const seen = told.map((event) => (tell(view, event), order(view)?.status));
    expect(seen).toEqual(statuses);
    expect(order(view)?.accrual_minor).toBe(500);
  });

  test('its history ends with what is seen of it', () => {
    const view = newView();
    for (const [event, statuses] of [
      [created, ['NEW']],
      [updated, ['NEW']],
      [credited, ['NEW', 'PROCESSED']],
    ] as const) {
      tell(view, event);
      expect(order(view)?.history.map(({ status }) => status)).toEqual(statuses);
    }
  });

  test('without points it waits for no entry', () => {
    const view = newView();
    happenings([upload, finished(0)]).events.forEach((event) => tell(view, event));
    expect(order(view)).toMatchObject({ status: 'PROCESSED', accrual_minor: 0 });
  });

  test('an update of a listed order writes its own document and the head', () => {
    const view = newView();
    tell(view, created);
    tell(view, updated);
    expect(view.lastWritten).toEqual([`order/${NUMBER}`]);
  });
});

describe('the marks that a read names', () => {
  const { events } = happenings([
    upload,
    finished(500),
    { step: 'withdraw', operation: 1, amount_minor: 100 },
  ]);
  const view = newView();
  const [created, updated, credit, withdrawal] = events as [never, never, never, never];
  const asked = [
    { order: NUMBER, version: 1 },
    { order: NUMBER, version: 2 },
    { entry: 1 },
    { entry: 2 },
    { entry: 1_000 },
    { order: orderNumberOf(2), version: 1 },
  ];
  const reads: [string, object][] = [
    ['listOrders', { limit: 10, after: null }],
    ['getOrder', { number: NUMBER }],
    ['balance', {}],
    ['listEntries', { limit: 10, before: null }],
    ['listWithdrawals', { limit: 10, before: null }],
  ];
  const missing = (name: string, question: object) =>
    (view.send(name as never, { ...question, marks: asked }) as { missing: unknown[] }).missing;

  test.each([
    ['nothing was told', undefined, [0, 1, 2, 3, 4, 5]],
    ['the upload was told', created, [1, 2, 3, 4, 5]],
    ['a later entry was told before an earlier one', withdrawal, [1, 2, 4, 5]],
    ['the gap was filled', credit, [1, 4, 5]],
    ['the move was told', updated, [4, 5]],
  ])('when %s', (_, event, indexes) => {
    if (event) tell(view, event);
    for (const [name, question] of reads)
      expect(missing(name, question)).toEqual(indexes.map((index) => asked[index]));
  });
});

describe('the entries', () => {
  const steps: Step[] = [upload, finished(10_000)];
  for (let operation = 0; operation < 100; operation++)
    steps.push({ step: 'withdraw', operation, amount_minor: 1 });
  const entries = happenings(steps).events.filter(({ topic }) => topic === 'transaction_processed');

  test('those that are on their way are passed over, and the totals are those of the newest', () => {
    const view = newView();
    entries.filter((_, index) => index % 3 !== 2).forEach((event) => tell(view, event));
    const seqs = allEntries(view, 'listEntries', 7).map(({ seq }) => seq);
    const expected = entries.map((_, index) => index + 1).filter((seq) => seq % 3 !== 0);
    expect(seqs).toEqual(expected.reverse());
    expect(view.send('balance', { marks: [] })).toMatchObject({ balance_minor: 9_900, withdrawn_minor: 100 });
  });

  test('a turn touches at most two pages, an order and the head', () => {
    const view = newView();
    for (const event of entries) {
      tell(view, event);
      expect(view.lastWritten.length).toBeLessThanOrEqual(2);
      expect(view.lastRead).toBeLessThanOrEqual(2);
    }
  });

  test('the account’s first page of an empty view is empty', () => {
    const page = newView().send('listEntries', { marks: [], limit: 10, before: null });
    expect(page).toEqual({ entries: [], next: null, missing: [] });
  });
});
