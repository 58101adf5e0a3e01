import fc from 'fast-check';
import type { Accrual } from '../../../services/billing/domain/order';
import { allOrders, happenings, newView, seen, tell, type Step } from './account';

const accrual: fc.Arbitrary<Accrual> = fc.oneof(
  fc.constant({ name: 'accrual_started' as const }),
  fc.record({
    name: fc.constant('accrual_finished' as const),
    accrual_minor: fc.constantFrom(0, 100, 72_998),
  }),
  fc.record({ name: fc.constant('accrual_failed' as const), reason: fc.constant('not registered') }),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ step: fc.constant('upload' as const), order: fc.nat(30) }),
  fc.record({ step: fc.constant('accrual' as const), order: fc.nat(30), accrual }),
  fc.record({
    step: fc.constant('withdraw' as const),
    operation: fc.nat(60),
    amount_minor: fc.constantFrom(1, 10, 99),
  }),
);

/** A permutation of what happened, with some of it told again. */
const story = fc
  .tuple(fc.array(step, { minLength: 1, maxLength: 150, size: 'max' }), fc.constantFrom(0, 1))
  .map(([steps, tickMs]) => happenings(steps, tickMs))
  .chain((told) =>
    fc
      .tuple(
        fc.shuffledSubarray(told.events, { minLength: told.events.length }),
        fc.subarray(told.events),
        fc.nat(),
      )
      .map(([shuffled, again, at]) => {
        const cut = shuffled.length === 0 ? 0 : at % shuffled.length;
        return { told, events: [...shuffled.slice(0, cut), ...again, ...shuffled.slice(cut), ...again] };
      }),
  );

test('whatever order the events come in, and however often: the view shows what billing holds', () => {
  fc.assert(
    fc.property(story, fc.integer({ min: 1, max: 20 }), ({ told, events }, limit) => {
      const view = newView();
      events.forEach((event) => tell(view, event));
      const inOrder = newView();
      told.events.forEach((event) => tell(inOrder, event));

      const result = seen(view);
      expect(result).toEqual(seen(inOrder));
      expect(seen(view, limit)).toEqual(result);
      expect(result.balance).toEqual({
        balance_minor: told.account?.balance_minor ?? 0,
        withdrawn_minor: told.account?.withdrawn_minor ?? 0,
        missing: [],
      });
      const byNumber = (left: { number: string }, right: { number: string }) =>
        left.number < right.number ? -1 : 1;
      expect([...result.orders].sort(byNumber)).toEqual([...told.snapshots].sort(byNumber));
      expect(result.entries.map(({ seq }) => seq)).toEqual(
        Array.from({ length: told.account?.seq ?? 0 }, (_, index) => told.account!.seq - index),
      );
      expect(result.withdrawals).toEqual(result.entries.filter(({ kind }) => kind === 'withdrawal'));
    }),
    { numRuns: 50 },
  );
});

test('whoever sees PROCESSED sees the points, at every moment', () => {
  fc.assert(
    fc.property(story, ({ events }) => {
      const view = newView();
      for (const event of events) {
        tell(view, event);
        const credited = new Set(
          seen(view).entries.flatMap((entry) => (entry.kind === 'accrual' ? entry.order_number : [])),
        );
        for (const { status, accrual_minor, number } of allOrders(view, 500)) {
          if (status === 'PROCESSED' && accrual_minor) expect(credited).toContain(number);
          if (status !== 'PROCESSED') expect(accrual_minor).toBeNull();
        }
      }
    }),
    { numRuns: 15 },
  );
});

test('what is told again changes nothing', () => {
  fc.assert(
    fc.property(story, ({ told }) => {
      const view = newView();
      told.events.forEach((event) => tell(view, event));
      const { commits } = view;
      told.events.forEach((event) => expect(tell(view, event)).toBe('known'));
      expect(view.commits).toBe(commits);
    }),
    { numRuns: 30 },
  );
});
