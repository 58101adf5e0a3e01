import { setMaxListeners } from 'node:events';

/** One that as many may listen to as there are customers and requests of theirs. */
export function newController(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

/**
 * A signal that fires when one of others does, or after a time. Made by hand: Node 20 may collect what
 * AbortSignal.timeout and AbortSignal.any have made before it fires.
 * @returns the signal, and what lets go of the others
 */
export function endAfter(ms: number, ...others: AbortSignal[]): { signal: AbortSignal; release: () => void } {
  const controller = newController();
  const abort = (): void => controller.abort();
  const timer = setTimeout(abort, ms);
  for (const other of others) {
    if (other.aborted) abort();
    other.addEventListener('abort', abort);
  }
  const release = (): void => {
    clearTimeout(timer);
    for (const other of others) other.removeEventListener('abort', abort);
  };
  return { signal: controller.signal, release };
}
