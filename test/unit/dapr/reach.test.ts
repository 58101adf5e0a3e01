import { ReachWatch } from '../../../services/shared/dapr/reach';

/** Time passes only as the test says. */
beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

function watched(answers: () => Promise<string>) {
  const pinged: string[] = [];
  const invokeActor = (type: string) => {
    pinged.push(type);
    return answers();
  };
  const watch = new ReachWatch({ invokeActor, nowMs: Date.now }, ['Order', 'Account']);
  let lost = 0;
  const stop = watch.start(() => lost++);
  return { watch, pinged, stop, lost: () => lost };
}

const unanswered = () => Promise.reject(new Error('deadline exceeded'));
const answered = () => Promise.resolve('{}');

test('a stream that brings something is not asked', async () => {
  const { watch, pinged, stop, lost } = watched(unanswered);
  for (let second = 0; second < 30; second++) {
    watch.heard();
    await jest.advanceTimersByTimeAsync(1_000);
  }
  expect(pinged).toEqual([]);
  expect(lost()).toBe(0);
  stop();
});

test('a quiet stream whose actors answer is kept', async () => {
  const { pinged, stop, lost } = watched(answered);
  await jest.advanceTimersByTimeAsync(30_000);
  expect(new Set(pinged)).toEqual(new Set(['Order', 'Account']));
  expect(lost()).toBe(0);
  stop();
});

test('some actors out of reach, in a process that hangs: the others still answer', async () => {
  let asked = 0;
  const { stop, lost } = watched(() => (asked++ % 4 === 0 ? answered() : unanswered()));
  await jest.advanceTimersByTimeAsync(30_000);
  expect(lost()).toBe(0);
  stop();
});

test('two rounds without an answer: calls no longer arrive', async () => {
  const { lost } = watched(unanswered);
  await jest.advanceTimersByTimeAsync(4_000);
  expect(lost()).toBe(0);
  await jest.advanceTimersByTimeAsync(3_000);
  expect(lost()).toBe(1);
});

test('a watch that is ended asks nothing more', async () => {
  const { stop, pinged } = watched(unanswered);
  stop();
  await jest.advanceTimersByTimeAsync(30_000);
  expect(pinged).toEqual([]);
});
