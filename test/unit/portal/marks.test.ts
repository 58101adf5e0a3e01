import fc from 'fast-check';
import { decodeMarks, encodeMarks } from '../../../services/portal/consistency-token';
import { MarkMemory, MAX_MARKS, mergedMarks } from '../../../services/portal/marks';
import type { Mark } from '../../../services/portal/ports';

const numbers = ['18', '26', '34', '42', '59', '67', '75', '83', '91', '109', '117', '125'];
const mark: fc.Arbitrary<Mark> = fc.oneof(
  fc.record({ order: fc.constantFrom(...numbers), version: fc.integer({ min: 1, max: 9 }) }),
  fc.record({ entry: fc.integer({ min: 1, max: 1_000 }) }),
);

describe('merging marks', () => {
  it.each<[string, Mark[], Mark[], Mark[]]>([
    ['nothing', [], [], []],
    [
      'a new order',
      [{ order: '18', version: 1 }],
      [{ order: '26', version: 1 }],
      [
        { order: '18', version: 1 },
        { order: '26', version: 1 },
      ],
    ],
    [
      'a higher version',
      [{ order: '18', version: 1 }],
      [{ order: '18', version: 2 }],
      [{ order: '18', version: 2 }],
    ],
    [
      'a lower version',
      [{ order: '18', version: 2 }],
      [{ order: '18', version: 1 }],
      [{ order: '18', version: 2 }],
    ],
    ['the highest entry', [{ entry: 9 }], [{ entry: 7 }, { entry: 8 }], [{ entry: 9 }]],
  ])('keeps %s', (_name, older, newer, merged) => {
    expect(mergedMarks(older, newer)).toEqual(merged);
  });

  it('forgets the oldest beyond the bound', () => {
    const all = numbers.map((order) => ({ order, version: 1 }));
    expect(mergedMarks(all, [])).toEqual(all.slice(-MAX_MARKS));
  });
});

describe('the memory of marks', () => {
  it('is bounded, in accounts and in marks of each, whatever is remembered', () => {
    const write = fc.record({ account: fc.constantFrom('a', 'b', 'c', 'd', 'e'), mark });
    fc.assert(
      fc.property(fc.array(write, { maxLength: 200 }), (writes) => {
        const memory = new MarkMemory(3);
        for (const { account, mark } of writes) {
          const now = memory.remember(account, mark);
          expect(now.length).toBeLessThanOrEqual(MAX_MARKS);
          expect(memory.of(account)).toEqual(now);
          expect(memory.size).toBeLessThanOrEqual(3);
        }
      }),
    );
  });

  it('always knows the newest write', () => {
    fc.assert(
      fc.property(fc.array(mark, { minLength: 1, maxLength: 50 }), (writes) => {
        const memory = new MarkMemory();
        for (const write of writes) memory.remember('a', write);
        const [newest] = writes.slice(-1);
        const covered = memory
          .of('a')
          .some((known) =>
            newest && 'entry' in newest
              ? 'entry' in known && known.entry >= newest.entry
              : 'order' in known && known.order === newest?.order && known.version >= newest.version,
          );
        expect(covered).toBe(true);
      }),
    );
  });

  it('forgets the account that was used longest ago', () => {
    const memory = new MarkMemory(2);
    memory.remember('a', { entry: 1 });
    memory.remember('b', { entry: 1 });
    memory.of('a');
    memory.remember('c', { entry: 1 });
    expect([memory.of('a').length, memory.of('b').length, memory.of('c').length]).toEqual([1, 0, 1]);
  });
});

describe('the consistency token', () => {
  it('carries marks to the same account and to no other', () => {
    fc.assert(
      fc.property(fc.array(mark, { maxLength: MAX_MARKS }), (marks) => {
        const token = encodeMarks('account-1', marks);
        expect(token).toMatch(/^[\w-]+$/);
        expect(decodeMarks('account-1', token)).toEqual(marks);
        expect(decodeMarks('account-2', token)).toEqual([]);
      }),
    );
  });

  it('takes the longest marks there are', () => {
    const marks = Array.from({ length: MAX_MARKS }, () => ({
      order: '0'.repeat(64),
      version: 2_147_483_647,
    }));
    expect(decodeMarks('a', encodeMarks('a', marks))).toEqual(marks);
  });

  it.each([
    ['a version beyond int32', [['18', 2_147_483_648]]],
    ['a version that is no integer', [['18', 1.5]]],
    ['an entry of zero', [[0]]],
    ['an entry beyond the safe integers', [[Number.MAX_SAFE_INTEGER + 1]]],
    ['no order number', [['17', 1]]],
    ['too many marks', Array.from({ length: MAX_MARKS + 1 }, () => [1])],
    ['another shape', { entry: 1 }],
  ])('is ignored with %s', (_name, forged) => {
    const genuine = JSON.parse(Buffer.from(encodeMarks('a', []), 'base64url').toString()) as unknown[];
    const token = Buffer.from(JSON.stringify([genuine[0], forged])).toString('base64url');
    expect(decodeMarks('a', token)).toEqual([]);
  });

  it('is ignored when it is nonsense', () => {
    fc.assert(fc.property(fc.string(), (text) => decodeMarks('a', text).length === 0));
    expect(decodeMarks('a', undefined)).toEqual([]);
    expect(decodeMarks('a', 'x'.repeat(100_000))).toEqual([]);
  });
});
