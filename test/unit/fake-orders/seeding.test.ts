import { rewardRules } from '../../../services/fake-orders/domain/catalogue';
import { keepSeeded, type SeedAnswer } from '../../../services/fake-orders/seeding';
import { createLogger } from '../../../services/shared/log';

const log = createLogger('test', 'silent');

/** A calculator that can be down and can forget; the seeding ends when the script of pauses does. */
async function seed(script: ((calculator: { rules: Set<string>; down: boolean }) => void)[]) {
  const calculator = { rules: new Set<string>(), down: false };
  const pausesMs: number[] = [];
  let offers = 0;
  const steps = [...script];
  steps.shift()?.(calculator);
  const seeding = keepSeeded({
    offer: ({ match }) => {
      offers++;
      if (calculator.down) return Promise.reject(new Error('down'));
      const answer: SeedAnswer = calculator.rules.has(match) ? 'known' : 'added';
      calculator.rules.add(match);
      return Promise.resolve(answer);
    },
    pause: (ms) => {
      pausesMs.push(ms);
      const step = steps.shift();
      if (!step) return Promise.reject(new Error('over'));
      step(calculator);
      return Promise.resolve();
    },
    log,
  });
  await expect(seeding).rejects.toThrow('over');
  return { calculator, pausesMs, offers };
}

const nothing = (): void => undefined;

test('all rules are offered once; later one question shows that they are still there', async () => {
  const { calculator, offers, pausesMs } = await seed([nothing, nothing, nothing]);
  expect(calculator.rules.size).toBe(rewardRules.length);
  expect(offers).toBe(rewardRules.length + 2);
  expect(pausesMs).toEqual([5_000, 5_000, 5_000]);
});

test('a calculator that is down is asked again, with back-off', async () => {
  const { calculator, pausesMs } = await seed([
    (it) => (it.down = true),
    nothing,
    nothing,
    ...Array<() => void>(8).fill(nothing),
    (it) => (it.down = false),
  ]);
  expect(pausesMs.slice(0, 3)).toEqual([400, 800, 1_600]);
  expect(Math.max(...pausesMs)).toBe(10_000);
  expect(calculator.rules.size).toBe(rewardRules.length);
});

test('one that has forgotten its rules gets all of them again', async () => {
  const { calculator } = await seed([nothing, (it) => it.rules.clear()]);
  expect(calculator.rules.size).toBe(rewardRules.length);
});

test('one that knows only the first of them gets the others', async () => {
  const { calculator } = await seed([(it) => it.rules.add(rewardRules[0]?.match ?? '')]);
  expect(calculator.rules.size).toBe(rewardRules.length);
});
