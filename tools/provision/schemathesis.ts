import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { cacheFolder, ensureArtifact, type Artifact } from './cache';
import { readIfThere, run } from './command';
import { ProvisionError } from './errors';
import { check, isMissing, missingMessage, onPath, type Prerequisite } from './prerequisites';
import { Progress } from './progress';

/** One that can make virtual environments: Debian's has ensurepip in a package of its own. */
const python: Prerequisite = {
  name: 'python3',
  minimum: '3.10',
  purpose: 'to test the public API with Schemathesis',
  how: 'https://www.python.org, `apt install python3-venv` or `brew install python`',
  candidates: (env) => onPath('python3', env),
  versionArgs: ['-c', 'import ensurepip, platform, venv; print("python", platform.python_version())'],
  pattern: /^python (\S+)/m,
};

/** One line for a person when there is no Python for Schemathesis; undefined when there is. */
export function schemathesisIsMissing(
  root: string,
  env: NodeJS.ProcessEnv = process.env,
): string | undefined {
  const found = check(python, env, root);
  return isMissing(found) ? missingMessage([found]).replace(/\n\s*/g, ' ') : undefined;
}

/**
 * The Python that runs Schemathesis: a virtual environment in the user's cache, made from tools/api-test/requirements.txt.
 * @throws ProvisionError
 */
export async function provisionSchemathesis(
  root: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const found = check(python, env, root);
  if (isMissing(found)) throw new ProvisionError(missingMessage([found]));
  const cache = resolve(cacheFolder(env, homedir()));
  const folder = await ensureArtifact(cache, artifact(root, found, env), new Progress());
  return interpreterIn(folder);
}

const interpreterIn = (folder: string): string => join(folder, 'bin', 'python');

function artifact(root: string, base: { path: string; version: string }, env: NodeJS.ProcessEnv): Artifact {
  const file = join(root, 'tools', 'api-test', 'requirements.txt');
  const requirements = readIfThere(file) ?? '';
  return {
    name: 'schemathesis',
    version: /^schemathesis==(\S+)$/m.exec(requirements)?.[1] ?? '',
    ingredients: [requirements, base.path, base.version],
    make: async ({ folder, log, say }) => {
      const step = (purpose: string, program: string, args: string[]): Promise<void> =>
        run({ purpose, program, args, cwd: folder, env, log });
      say('making a virtual environment');
      await step('making a virtual environment', base.path, ['-m', 'venv', folder]);
      say('installing');
      const quiet = ['--no-input', '--disable-pip-version-check'];
      await step('installing Schemathesis', interpreterIn(folder), [
        ...['-m', 'pip', 'install', ...quiet, '-r', file],
      ]);
    },
  };
}
