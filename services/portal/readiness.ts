import type { Breaker } from './adapters/breaker';
import type { Readiness } from './ports';

/**
 * Ready means: the sidecar answers and no breaker is open. A breaker that tries again does not count, so
 * that a portal which gets no requests while it is not ready comes back by itself.
 * @param pingSidecar fails, within its own deadline, when the sidecar does not answer
 */
export function createReadiness(
  pingSidecar: () => Promise<unknown>,
  breakers: readonly Pick<Breaker, 'dependency' | 'state'>[],
): Readiness {
  return async () => {
    const reachable = await pingSidecar().then(
      () => true,
      () => false,
    );
    const states = breakers.map(({ dependency, state }) => [dependency, state] as const);
    const opened = states.filter(([, state]) => state === 'open').map(([dependency]) => dependency);
    return { notReady: [...(reachable ? [] : ['sidecar']), ...opened], breakers: Object.fromEntries(states) };
  };
}
