import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiDocumentIsFresh } from './api-document';
import { eventContractsAreFresh } from './event-contracts';
import { runProgram } from './command';
import { FAILED, PASSED, type Part } from './part';

/** A program whose exit code is the answer; its output is shown when the answer is no. */
const program = (name: string, words: string): Part => ({
  name,
  run: async (root) => {
    const [file = '', ...args] = words.split(' ');
    const { code, text } = await runProgram(root, { program: file, args, output: 'kept' });
    if (code !== 0) console.log(text.trimEnd());
    return code === 0 ? PASSED : FAILED;
  },
});

/** Generates from proto/ into a temporary folder, and compares with what is committed. */
const generated: Part = {
  name: 'generated code is fresh',
  run: async (root) => {
    const folder = mkdtempSync(join(tmpdir(), 'gophermart-generated-'));
    try {
      // its `out` is ../services/gen, relative to proto/
      const args = ['generate', '--output', join(folder, 'proto')];
      const cwd = join(root, 'proto');
      const generate = await runProgram(root, { program: 'buf', args, cwd, output: 'kept' });
      const compare = await runProgram(root, {
        program: 'diff',
        args: [
          '-r',
          '--exclude=tsconfig.json',
          join(folder, 'services', 'gen'),
          join(root, 'services', 'gen'),
        ],
        output: 'kept',
      });
      if (generate.code === 0 && compare.code === 0) return PASSED;
      console.log(`${generate.text}${compare.text}\nnpm run generate makes it fresh`);
      return FAILED;
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

export const staticChecks: Part[] = [
  program('types', 'tsc -b'),
  program('types of the page', 'tsc -p services/portal/page'),
  program('format', 'prettier --check --log-level warn .'),
  program('lint', 'eslint .'),
  generated,
  apiDocumentIsFresh,
  eventContractsAreFresh,
];
