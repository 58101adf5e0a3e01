import CircuitBreaker from 'opossum';
import { Unavailable, type BreakerState } from '../ports';

/** More calls than this under way at once are answered 503 instead of queueing. */
const MAX_CALLS_UNDER_WAY = 1_000;

const settings = {
  // the calls have deadlines of their own
  timeout: false as const,
  capacity: MAX_CALLS_UNDER_WAY,
  errorThresholdPercentage: 50,
  // few, so that also a single customer who tries again meets a quick answer
  volumeThreshold: 4,
  rollingCountTimeout: 10_000,
  rollingCountBuckets: 10,
  resetTimeout: 1_500,
  rollingPercentilesEnabled: false,
  enableSnapshots: false,
};

export interface Breaker {
  readonly dependency: string;
  readonly state: BreakerState;
  /** @throws what the action throws; Unavailable when the action was not tried */
  run<T>(action: () => Promise<T>): Promise<T>;
  close(): void;
}

/** A circuit breaker round a dependency: every error that an action throws counts as a failure of it. */
export function createBreaker(dependency: string): Breaker {
  const circuit = new CircuitBreaker<[() => Promise<unknown>]>((action) => action(), {
    ...settings,
    name: dependency,
  });
  return {
    dependency,
    get state() {
      if (circuit.opened) return 'open';
      return circuit.halfOpen ? 'half-open' : 'closed';
    },
    run: async <T>(action: () => Promise<T>): Promise<T> => {
      try {
        return (await circuit.fire(action)) as T;
      } catch (error) {
        const notTried = error instanceof Error && CircuitBreaker.isOurError(error);
        throw notTried ? new Unavailable(dependency, error) : error;
      }
    },
    close: () => circuit.shutdown(),
  };
}
