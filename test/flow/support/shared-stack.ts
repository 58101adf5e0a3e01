import { join } from 'node:path';
import { repositoryRoot } from '../../../tools/stack/paths';
import { Stack } from './stack';

export const flowStackFolder = join(repositoryRoot(), 'test-output', 'flow');
export const flowStackVariable = 'GOPHERMART_FLOW_STACK';

/** The stack that jest's global setup has started for all flow tests. */
export function sharedStack(): Stack {
  const folder = process.env[flowStackVariable];
  if (folder === undefined) throw new Error('no stack was started: run npm run test:flow');
  return Stack.attach(folder);
}
