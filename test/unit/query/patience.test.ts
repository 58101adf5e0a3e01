import { askUntilShown, PATIENCE_MS } from '../../../services/query/patience';

/** A clock that only pauses move, and that notes them. */
function fakeClock() {
  let now = 0;
  const pauses: number[] = [];
  const pause = async (ms: number): Promise<void> => {
    pauses.push(ms);
    now += ms;
    return Promise.resolve();
  };
  return { nowMs: () => now, pause, pauses };
}

test.each([
  [0, []],
  [1, [5]],
  [3, [5, 10, 20]],
  [6, [5, 10, 20, 40, 40, 40]],
])('asks again while marks are missing: %p times', async (times, pauses) => {
  const clock = fakeClock();
  let asked = 0;
  const answer = await askUntilShown(
    () => Promise.resolve({ missing: asked++ < times ? ['mark'] : [], asked }),
    clock,
  );
  expect(answer).toEqual({ missing: [], asked: times + 1, lagging: false });
  expect(clock.pauses).toEqual(pauses);
});

test('gives up when patience is over, and says so', async () => {
  const clock = fakeClock();
  const answer = await askUntilShown(() => Promise.resolve({ missing: ['mark'] }), clock);
  expect(answer.lagging).toBe(true);
  expect(clock.nowMs()).toBeLessThanOrEqual(PATIENCE_MS);
  expect(clock.nowMs()).toBeGreaterThan(PATIENCE_MS - 50);
});

test('a fault ends the waiting', async () => {
  await expect(askUntilShown(() => Promise.reject(new Error('gone')), fakeClock())).rejects.toThrow('gone');
});
