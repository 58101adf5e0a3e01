import { flowStackFolder, repositoryRoot } from '../../../tools/stack/paths';
import { Stack } from './stack';

export const sharedStackFolder = flowStackFolder(repositoryRoot());
export const sharedStackVariable = 'GOPHERMART_FLOW_STACK';

/** The stack that jest's global setup has started for all flow tests. */
export function sharedStack(): Stack {
  const folder = process.env[sharedStackVariable];
  if (folder === undefined) throw new Error('no stack was started: run npm run test:flow');
  return Stack.attach(folder);
}
