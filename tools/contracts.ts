import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contractFiles } from './checks/event-contracts';
import { repositoryRoot } from './stack/paths';
import { runCommand } from './stack/run-command';

/** `npm run generate:contracts`: writes docs/asyncapi.yaml and docs/schemas from the catalogue of events. */
runCommand(() => {
  const docs = join(repositoryRoot(), 'docs');
  mkdirSync(join(docs, 'schemas'), { recursive: true });
  for (const [path, text] of contractFiles()) writeFileSync(join(docs, path), text);
  return Promise.resolve(0);
});
