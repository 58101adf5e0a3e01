import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { openApiDocument } from '../../services/portal/api/openapi';
import { FAILED, PASSED, type Part } from './part';

const HEADING = '# Made from services/portal/api by `npm run generate:openapi`; change it there.\n';
const LINE_WIDTH = 100;

export const apiDocumentFile = (root: string): string => join(root, 'docs', 'openapi.yaml');

export function apiDocumentText(): string {
  return HEADING + stringify(openApiDocument(), { lineWidth: LINE_WIDTH, aliasDuplicateObjects: false });
}

/** Compares docs/openapi.yaml with what the portal's contract says now. */
export const apiDocumentIsFresh: Part = {
  name: 'docs/openapi.yaml is fresh',
  run: (root) => {
    const fresh = readFileSync(apiDocumentFile(root), 'utf8') === apiDocumentText();
    if (!fresh) console.log('npm run generate:openapi makes it fresh');
    return Promise.resolve(fresh ? PASSED : FAILED);
  },
};
