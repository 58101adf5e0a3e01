import type { Breaker } from './adapters/breaker';
import type { Readiness } from './ports';

/**
 * Ready means: the sidecar answers and no breaker is open. A breaker that tries again counts as closed, so
 * that a portal which gets no requests while it is not ready comes back by itself.
 * @param pingSidecar fails, within its own deadline, when the sidecar does not answer
 */
export function createReadiness(
  pingSidecar: () => Promise<unknown>,
  breakers: readonly Pick<Breaker, 'dependency' | 'opened'>[],
): Readiness {
  return async () => {
    const reachable = await pingSidecar().then(
      () => true,
      () => false,
    );
    const opened = breakers.filter((breaker) => breaker.opened).map((breaker) => breaker.dependency);
    return [...(reachable ? [] : ['sidecar']), ...opened];
  };
}
