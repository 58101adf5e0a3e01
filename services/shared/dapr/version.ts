import { ConfigError } from '../config';
import type { Logger } from '../log';

/** The first runtime that hosts actors over a stream and fences transactions as this code needs. */
export const MIN_RUNTIME = [1, 18, 2] as const;

/** @throws ConfigError when the sidecar's runtime is older; one that names no version (an edge build) is let pass */
export function refuseOldRuntime(version: string, log: Logger): void {
  const match = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version);
  if (!match) return log.warn({ version }, 'the runtime names no version that can be compared');
  const given = match.slice(1, 4).map(Number);
  const index = MIN_RUNTIME.findIndex((part, at) => part !== given[at]);
  if (index >= 0 && given[index]! < MIN_RUNTIME[index]!) {
    throw new ConfigError(`The sidecar runs Dapr ${version}; ${MIN_RUNTIME.join('.')} or newer is needed.`);
  }
}
