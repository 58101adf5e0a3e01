import { Calculator, type Fact } from '../../../services/accrual-simulator/domain/calculator';
import { RateLimit } from '../../../services/accrual-simulator/domain/behaviour';

const NUMBER = '12345678903';
const order = { order: NUMBER, goods: [{ description: 'Kettle Bork', price: 100 }] };
const rule = { match: 'Bork', reward: 5, reward_type: '%' } as const;

function calculatorWithFacts() {
  const facts: Fact[] = [];
  return { calculator: new Calculator((fact) => facts.push(fact)), facts };
}

test('an order is REGISTERED, PROCESSING, PROCESSED, and stays so', () => {
  const { calculator } = calculatorWithFacts();
  expect(calculator.addRule(rule)).toBe('added');
  expect(calculator.addRule({ ...rule, reward: 9 })).toBe('known');
  expect(calculator.ask(NUMBER, 0, 1000)).toBeUndefined();
  expect(calculator.register(order, 0)).toBe('accepted');
  expect(calculator.register(order, 0)).toBe('known');
  expect(calculator.ask(NUMBER, 499, 1000)).toEqual({ status: 'REGISTERED' });
  expect(calculator.ask(NUMBER, 999, 1000)).toEqual({ status: 'PROCESSING' });
  const result = { status: 'PROCESSED', accrualMinor: 500 };
  expect(calculator.ask(NUMBER, 1000, 1000)).toEqual(result);
  expect(calculator.ask(NUMBER, 1000, 3_600_000)).toEqual(result);
});

test('with no time to take, the first answer is the result', () => {
  const { calculator } = calculatorWithFacts();
  calculator.addRule({ ...rule, match: 'Tefal' });
  calculator.register(order, 7);
  expect(calculator.ask(NUMBER, 7, 0)).toEqual({ status: 'INVALID' });
});

test('without any rule nothing is decided', () => {
  const { calculator } = calculatorWithFacts();
  calculator.register(order, 0);
  expect(calculator.ask(NUMBER, 10_000, 0)).toEqual({ status: 'REGISTERED' });
  calculator.addRule(rule);
  expect(calculator.ask(NUMBER, 10_000, 0)).toEqual({ status: 'PROCESSED', accrualMinor: 500 });
});

test('what was remembered gives the same calculator again', () => {
  const { calculator, facts } = calculatorWithFacts();
  calculator.addRule(rule);
  calculator.register(order, 0);
  calculator.ask(NUMBER, 5, 0);
  const { calculator: again, facts: newFacts } = calculatorWithFacts();
  facts.forEach((fact) => again.replay(fact));
  expect(again.counts).toEqual({ rules: 1, orders: 1 });
  expect(again.register(order, 9)).toBe('known');
  expect(again.ask(NUMBER, 9, 1_000_000)).toEqual({ status: 'PROCESSED', accrualMinor: 500 });
  expect(newFacts).toEqual([]);
});

test('polls are counted in windows', () => {
  const limit = new RateLimit();
  const rules = { rate_limit_per_minute: 120, rate_window_ms: 1000 };
  expect([0, 10, 20].map((nowMs) => limit.take(rules, nowMs)?.retryAfterSeconds)).toEqual([
    undefined,
    undefined,
    1,
  ]);
  expect(limit.take(rules, 999)?.text).toBe('No more than 120 requests per minute allowed');
  expect(limit.take(rules, 1000)).toBeUndefined();
  expect(limit.take({ ...rules, rate_limit_per_minute: 0 }, 1001)).toBeUndefined();
});
