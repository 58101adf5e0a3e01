import CircuitBreaker from 'opossum';
import { decimalFromMinor } from '../shared/money';
import {
  readPollAnswer,
  readRegisterAnswer,
  type HttpAnswer,
  type PollAnswer,
  type RegisterAnswer,
} from './domain/answer';
import type { Held } from './domain/polling';
import { createExchange, ExchangeError, type HttpCall } from './exchange';

export interface GoodsItem {
  description: string;
  /** In hundredths of the currency. */
  priceMinor: number;
}

/** The external calculator. Neither call throws: what goes wrong is an answer, too. */
export interface Calculator {
  register(number: string, goods: readonly GoodsItem[]): Promise<RegisterAnswer | Held>;
  poll(number: string): Promise<PollAnswer | Held>;
}

export interface CalculatorOptions {
  address: string;
  now: () => number;
  random: () => number;
  deadlineMs?: number;
  /** How long the breaker stays open before it lets one call try. */
  resetMs?: number;
}

/** Well below the time in which a turn must end. */
const DEADLINE_MS = 3_000;
const RESET_MS = 3_000;
/** More calls than this at once are told to come back. */
const MAX_CALLS_UNDER_WAY = 64;
const BUSY_MS = 100;
/** Callers that met the open breaker come back spread over so long. */
const SPREAD_MS = 2_000;

const breakerSettings = {
  // the exchange has a deadline of its own
  timeout: false as const,
  // calls that hang count as fired before they count as failed, so half of them may never be seen failing
  errorThresholdPercentage: 30,
  volumeThreshold: 5,
  // little more than a call's deadline: the successes before an outage do not hide it
  rollingCountTimeout: 4_000,
  rollingCountBuckets: 8,
  rollingPercentilesEnabled: false,
  enableSnapshots: false,
};

export type Breaker = CircuitBreaker<[HttpCall], HttpAnswer>;

/**
 * The calculator over HTTP, behind a circuit breaker that counts network errors, timeouts and 5xx; while it is
 * open nothing is called.
 */
export function createCalculator(
  options: CalculatorOptions,
): Calculator & { breaker: Breaker; close(): void } {
  const { address, now, random, deadlineMs = DEADLINE_MS, resetMs = RESET_MS } = options;
  const exchange = createExchange(address);
  const breaker: Breaker = new CircuitBreaker(
    async (call: HttpCall) => {
      const answer = await exchange.send(call);
      if (answer.status >= 500) throw new ExchangeError(`status_${answer.status}`);
      return answer;
    },
    { ...breakerSettings, name: 'calculator', resetTimeout: resetMs },
  );
  let retryAtMs = 0;
  breaker.on('open', () => (retryAtMs = now() + resetMs));
  let underWay = 0;

  const held = (fromMs: number, spreadMs: number, problem: string): Held => ({
    kind: 'held',
    untilMs: Math.max(fromMs, now()) + Math.ceil((0.1 + 0.9 * random()) * spreadMs),
    problem,
  });

  const ask = async <A>(call: HttpCall, read: (answer: HttpAnswer) => A) => {
    if (underWay >= MAX_CALLS_UNDER_WAY) return held(0, BUSY_MS, 'busy');
    underWay++;
    try {
      return read(await breaker.fire(call));
    } catch (error) {
      if (error instanceof ExchangeError) return { kind: 'fault' as const, problem: error.problem };
      if (CircuitBreaker.isOurError(error as Error)) return held(retryAtMs, SPREAD_MS, 'breaker_open');
      throw error;
    } finally {
      underWay--;
    }
  };

  return {
    register: (number, goods) => {
      const json = JSON.stringify({ order: number, goods: goods.map(goodsBody) });
      return ask({ method: 'POST', path: '/api/orders', json, deadlineMs }, (answer) =>
        readRegisterAnswer(answer, now()),
      );
    },
    poll: (number) =>
      ask({ method: 'GET', path: `/api/orders/${number}`, deadlineMs }, (answer) =>
        readPollAnswer(number, answer, now()),
      ),
    breaker,
    close: () => {
      breaker.shutdown();
      exchange.close();
    },
  };
}

const goodsBody = ({ description, priceMinor }: GoodsItem): object => ({
  description,
  price: decimalFromMinor(priceMinor),
});
