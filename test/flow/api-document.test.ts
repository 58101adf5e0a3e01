import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { provisionSchemathesis, schemathesisIsMissing } from '../../tools/provision/schemathesis';
import { repositoryRoot } from '../../tools/stack/paths';
import { sharedStack } from './support/shared-stack';

/** Schemathesis reads the portal's own document, asks whatever fits it and what does not, and judges the answers. */

const SEED = 1;
const EXAMPLES_PER_OPERATION = 30;
const INSTALL_AND_RUN_MS = 300_000;
const root = repositoryRoot();
const stack = sharedStack();

const missing = schemathesisIsMissing(root);
if (missing !== undefined) console.log(`The public API is not tested with Schemathesis. ${missing}`);

(missing === undefined ? test : test.skip)(
  'the portal answers as its document says, whatever it is asked',
  async () => {
    const python = await provisionSchemathesis(root);
    const { code, output } = await schemathesis(python);
    console.log(output.split('\n').slice(-12).join('\n'));
    if (code !== 0) throw new Error(output);
  },
  INSTALL_AND_RUN_MS,
);

function schemathesis(python: string): Promise<{ code: number | null; output: string }> {
  const folder = join(root, 'tools', 'api-test');
  const workFolder = join(root, 'test-output', 'schemathesis');
  mkdirSync(workFolder, { recursive: true });
  const flags = {
    '--seed': SEED,
    '--max-examples': EXAMPLES_PER_OPERATION,
    '--phases': 'examples,coverage,fuzzing',
    '--workers': 2,
    '--warnings': 'off',
    '--exclude-path': '/api/user/events', // its answer has no end; events.test.ts reads it
  };
  const child = spawn(
    python,
    [
      ...['-c', 'from schemathesis.cli import schemathesis; schemathesis()'],
      ...['--config-file', join(folder, 'schemathesis.toml')],
      ...['run', `${stack.portalUrl}/api/openapi.json`, '--continue-on-failure'],
      ...Object.entries(flags).flatMap(([name, value]) => [name, String(value)]),
    ],
    {
      cwd: workFolder, // it leaves its memory of examples where it runs
      env: {
        ...process.env,
        PORTAL_URL: stack.portalUrl,
        SCHEMATHESIS_HOOKS: 'hooks',
        PYTHONPATH: [folder, process.env.PYTHONPATH].filter(Boolean).join(delimiter),
        PYTHONDONTWRITEBYTECODE: '1',
      },
    },
  );
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}
