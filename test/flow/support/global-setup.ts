import { sharedStackFolder, sharedStackVariable } from './shared-stack';
import { Stack } from './stack';

/** One stack for all flow tests; how they reach it: shared-stack.ts. Run by jest before the first of them. */
export default async function globalSetup(): Promise<void> {
  const since = Date.now();
  const starting = Stack.start({
    dataDir: sharedStackFolder,
    // As fast as it can: a test that needs it slower says so under the simulator's /control.
    environment: { PROCESSING_MS: '0', LOG_LEVEL: 'info', RATE_LIMITS: 'off' },
  });
  const stopAndExit = (): void => {
    void starting.then((stack) => stack.killAll()).finally(() => process.exit(130));
  };
  process.once('SIGINT', stopAndExit);
  process.once('SIGTERM', stopAndExit);
  const stack = await starting;
  process.env[sharedStackVariable] = sharedStackFolder;
  console.log(`\nflow tests: a stack is up after ${Date.now() - since} ms, portal ${stack.portalUrl}`);
}
