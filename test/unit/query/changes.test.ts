import fc from 'fast-check';
import { changedSince, MAX_CHANGES, noChanges, withChange } from '../../../services/query/domain/changes';
import { happenings, newView, orderNumberOf, tell, type Step } from './account';

/** A view's changes after orders, named by number or null for what is no order's change, have changed in turn. */
function changesAfter(numbers: (string | null)[]) {
  let changes = noChanges;
  numbers.forEach((number, index) => {
    if (number !== null) changes = withChange(changes, number, index + 1);
  });
  return { version: numbers.length, changes };
}

test.each<[string, (string | null)[], number, string[] | undefined]>([
  ['nothing has happened', [], 0, []],
  ['somebody has seen nothing', ['1', '2'], 0, ['1', '2']],
  ['somebody has seen everything', ['1', '2'], 2, []],
  ['one change is new', ['1', '2', '3'], 2, ['3']],
  ['an order has changed twice', ['1', '2', '1'], 0, ['2', '1']],
  ['an order has changed again since', ['1', '2', '1'], 2, ['1']],
  ['only the balance has changed', ['1', null], 1, []],
  ['the version is one that the view has never had', ['1'], 2, undefined],
])('when %s', (_, numbers, since, expected) => {
  expect(changedSince(changesAfter(numbers), since)).toEqual(expected);
});

test('whatever happens: all that changed since is told, or that it is not known any more; never a part', () => {
  const story = fc.array(fc.option(fc.constantFrom(...Array.from({ length: 50 }, (_, n) => String(n)))), {
    maxLength: 150,
    size: 'max',
  });
  fc.assert(
    fc.property(story, fc.nat(150), (numbers, since) => {
      const view = changesAfter(numbers);
      expect(view.changes.orders.length).toBeLessThanOrEqual(MAX_CHANGES);
      const changed = new Set(numbers.slice(since).filter((number) => number !== null));
      const told = changedSince(view, since);
      if (told) expect(new Set(told)).toEqual(changed);
      else expect(changed.size >= MAX_CHANGES || since > view.version).toBe(true);
    }),
  );
});

describe('the view tells what is new', () => {
  const changes = (view: ReturnType<typeof newView>, since: number) =>
    view.send('changes', { since }) as { version: number; orders: object[] | null; balance_minor: number };
  const upload: Step = { step: 'upload', order: 1 };
  const finished: Step = {
    step: 'accrual',
    order: 1,
    accrual: { name: 'accrual_finished', accrual_minor: 500 },
  };

  test('to somebody who follows an order: each state that its customer can see', () => {
    const view = newView();
    const [created, updated, credited] = happenings([upload, finished]).events as [never, never, never];
    const number = orderNumberOf(1);
    const seen = [created, updated, credited].map((event) => {
      const { version } = changes(view, 0);
      tell(view, event);
      return changes(view, version);
    });
    expect(seen).toMatchObject([
      { orders: [{ number, status: 'NEW' }], balance_minor: 0 },
      { orders: [{ number, status: 'PROCESSING' }], balance_minor: 0 },
      { orders: [{ number, status: 'PROCESSED', accrual_minor: 500 }], balance_minor: 500 },
    ]);
    const { version } = seen[2]!;
    expect(changes(view, version)).toMatchObject({ version, orders: [] });
  });

  test('to somebody who has seen a version that the view has not: that everything may be new', () => {
    expect(changes(newView(), 7)).toMatchObject({ version: 0, orders: null });
  });

  test('a credit that comes before its order shows nothing', () => {
    const view = newView();
    tell(view, happenings([upload, finished]).events[2]!);
    expect(changes(view, 0)).toMatchObject({ orders: [], balance_minor: 500 });
  });
});
