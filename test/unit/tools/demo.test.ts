import { parseDemoOptions } from '../../../tools/demo/options';
import { eventData } from '../../../tools/demo/stream';
import { formatTally, Tally } from '../../../tools/demo/tally';

describe('what the demo is told', () => {
  test.each([
    [[], { customers: 20, durationMs: 120_000, url: undefined }],
    [['--customers', '3', '--minutes', '0.5'], { customers: 3, durationMs: 30_000, url: undefined }],
    [['--url', 'http://x:1/'], { customers: 20, durationMs: 120_000, url: 'http://x:1' }],
  ])('%p', (args, expected) => expect(parseDemoOptions(args)).toEqual(expected));

  test.each([
    [['--customers', '0']],
    [['--customers', '501']],
    [['--customers', 'many']],
    [['--minutes', '-1']],
    [['--url', 'ftp://x']],
    [['--what']],
    [['3']],
  ])('%p is refused with how to use it', (args) => {
    expect(() => parseDemoOptions(args)).toThrow(/use: npm run demo/);
  });
});

test('the tally counts, and knows how long orders take', () => {
  const tally = new Tally();
  expect(formatTally(tally, 0)).toContain('p50 - p95 -');
  tally.customers = 2;
  tally.uploads = 104;
  for (let order = 1; order <= 100; order++) tally.finished('PROCESSED', order * 10);
  tally.finished('INVALID', 5);
  expect([tally.underWay, tally.percentile(0.5), tally.percentile(0.95)]).toEqual([3, 500, 950]);
  tally.waits = 1;
  expect(formatTally(tally, 61_000)).toBe(
    '01:01 · 2 customers · 104 orders (1.7/s) · 100 processed · 1 without points · 3 under way · 0 payments · ' +
      'upload to points p50 0.50 s p95 0.95 s · told to wait 1 times',
  );
});

test('events are read however they are cut', async () => {
  const text =
    'retry: 2000\n\n: heartbeat\n\nevent: changes\nid: 1\ndata: {"a":1}\n\ndata: {"a":"ä"}\n\ndata: {"cut';
  const bytes = new TextEncoder().encode(text);
  for (const size of [1, 7, bytes.length]) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
      bytes.slice(n * size, (n + 1) * size),
    );
    const seen: unknown[] = [];
    for await (const data of eventData(ReadableStream.from(chunks))) seen.push(data);
    expect(seen).toEqual([{ a: 1 }, { a: 'ä' }]);
  }
});
