import { sumOfMetric } from '../../../tools/stack/gauge';
import { memoryUse } from '../../../tools/stack/memory-use';
import { formatTable } from '../../../tools/stack/table';

describe('what npm run status shows', () => {
  it('sums a metric over its labels', () => {
    const text = '# HELP rows x\nrows{type="a"} 2\nrows{type="b"} 3\nrows_total 9\nalone 1\n';
    expect(sumOfMetric(text, 'rows')).toBe(5);
    expect(sumOfMetric(text, 'alone')).toBe(1);
    expect(sumOfMetric(text, 'other')).toBeUndefined();
  });

  it('lines columns up', () => {
    expect(
      formatTable([
        ['name', 'lag'],
        ['a', 1],
        ['long one', 100],
      ]),
    ).toBe('name      lag\na           1\nlong one  100');
  });

  it('knows the memory of a process', () => {
    expect(memoryUse(process.pid)?.rssKb).toBeGreaterThan(1_000);
  });
});
