import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { apiDocumentFile, apiDocumentText } from './checks/api-document';
import { repositoryRoot } from './stack/paths';
import { runCommand } from './stack/run-command';

/** `npm run generate:openapi`: writes docs/openapi.yaml from the portal's contract. */
runCommand(() => {
  const file = apiDocumentFile(repositoryRoot());
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, apiDocumentText());
  return Promise.resolve(0);
});
