import { askUntilChanged } from '../../../services/query/long-poll';
import { MAX_WATCHES, Watches } from '../../../services/query/watches';

const answer = (version: number) => ({ version, orders: [], balance_minor: 0, withdrawn_minor: 0 });
const question = { account: 'alice', since: 3, waitMs: 5_000 };

/** A clock that only pauses move, and that notes them. @param atPause runs in each */
function fakeClock(atPause: (pauses: number) => void = () => undefined) {
  let now = 0;
  const pauses: number[] = [];
  const pause = (ms: number): Promise<void> => {
    pauses.push(ms);
    now += ms;
    atPause(pauses.length);
    return Promise.resolve();
  };
  return { nowMs: () => now, pause, pauses };
}

test('a view that is newer is told of at once', async () => {
  const clock = fakeClock();
  expect(await askUntilChanged(async () => answer(4), question, new Watches(), clock)).toEqual(answer(4));
  expect(clock.pauses).toEqual([]);
});

test('a view that is older than what was seen is told of at once, too', async () => {
  const clock = fakeClock();
  expect(await askUntilChanged(async () => answer(1), question, new Watches(), clock)).toEqual(answer(1));
});

test('a change that another replica applies is seen at the next asking', async () => {
  const clock = fakeClock();
  let asked = 0;
  const seen = await askUntilChanged(async () => answer(++asked < 6 ? 3 : 4), question, new Watches(), clock);
  expect(seen.version).toBe(4);
  expect(clock.pauses).toEqual([100, 200, 400, 800, 1_000]);
});

test('with nothing changed the wait ends in time', async () => {
  const clock = fakeClock();
  expect(await askUntilChanged(async () => answer(3), question, new Watches(), clock)).toEqual(answer(3));
  expect(clock.nowMs()).toBe(question.waitMs);
});

describe('without the clock moving', () => {
  const stopped = { nowMs: () => 0, pause: () => new Promise<void>(() => undefined) };

  test('a change of the account is told of at once', async () => {
    const watches = new Watches();
    let version = 3;
    const waiting = askUntilChanged(async () => answer(version), question, watches, stopped);
    await Promise.resolve();
    watches.tell('bob');
    version = 4;
    watches.tell('alice');
    expect(await waiting).toEqual(answer(4));
  });

  test('a change in the middle of a question is not missed', async () => {
    const watches = new Watches();
    let version = 3;
    const ask = async () => {
      const before = answer(version);
      if (version === 3) {
        version = 4;
        watches.tell('alice');
      }
      return Promise.resolve(before);
    };
    expect(await askUntilChanged(ask, question, watches, stopped)).toEqual(answer(4));
  });

  test('nobody holds up a process that stops', async () => {
    const watches = new Watches();
    const waiting = askUntilChanged(async () => answer(3), question, watches, stopped);
    await Promise.resolve();
    watches.end();
    expect(await waiting).toEqual(answer(3));
    expect(await askUntilChanged(async () => answer(3), question, watches, stopped)).toEqual(answer(3));
  });

  test('where too many wait, an answer does not wait', async () => {
    const watches = new Watches();
    const open = Array.from({ length: MAX_WATCHES }, (_, n) => watches.watch(`account-${n % 3}`));
    expect(await askUntilChanged(async () => answer(3), question, watches, stopped)).toEqual(answer(3));
    open.forEach((watch) => watch?.close());
    open.forEach((watch) => watch?.close());
    expect(watches.watch('alice')).toBeDefined();
  });
});
