import { sharedStackFolder } from './shared-stack';
import { Stack } from './stack';

/** Run by jest after the last flow test, failed or not. The logs stay in test-output/flow/log. */
export default async function globalTeardown(): Promise<void> {
  await Stack.attach(sharedStackFolder).stop();
}
