import { Counter, Gauge, type Registry } from 'prom-client';
import type { Logger } from '../shared/log';
import type { Breaker, Calculator } from './calculator';
import type { RateGate } from './gate';

/** The same calculator, whose answers are counted and whose faults are logged. */
export function observed(calculator: Calculator, metrics: Registry, log: Logger): Calculator {
  const calls = new Counter({
    name: 'accrual_calls_total',
    help: 'Calls to the calculator by their outcome',
    labelNames: ['call', 'outcome'],
    registers: [metrics],
  });
  const watch = async <A extends { kind: string; problem?: string }>(
    call: string,
    number: string,
    asked: Promise<A>,
  ) => {
    const answer = await asked;
    calls.inc({ call, outcome: answer.kind });
    if (answer.kind === 'fault')
      log.warn({ call, number, problem: answer.problem }, 'the calculator gave no answer');
    if (answer.kind === 'limited') log.warn({ call, answer }, 'the calculator allows no more for now');
    return answer;
  };
  return {
    register: (number, goods) => watch('register', number, calculator.register(number, goods)),
    poll: (number) => watch('poll', number, calculator.poll(number)),
  };
}

/** Shows the states of the breaker and the gate. */
export function observeGuards(
  breaker: Breaker,
  gate: RateGate,
  now: () => number,
  metrics: Registry,
  log: Logger,
) {
  breaker.on('open', () => log.warn('the calculator fails: the breaker is open'));
  breaker.on('close', () => log.warn('the calculator answers again: the breaker is closed'));
  gauge('accrual_breaker_open', '1 while nothing is called', () => (breaker.opened ? 1 : 0), metrics);
  gauge(
    'accrual_gate_closed_seconds',
    'Until the rate limit is over',
    () => gate.closedForMs(now()) / 1000,
    metrics,
  );
}

function gauge(name: string, help: string, value: () => number, metrics: Registry): void {
  new Gauge({
    name,
    help,
    registers: [metrics],
    collect() {
      this.set(value());
    },
  });
}
