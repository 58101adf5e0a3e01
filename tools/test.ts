import { jestProject } from './checks/jest';
import { FAILED, runParts, type Part } from './checks/part';
import { quickChecks } from './checks/quick';
import { provision } from './provision/index';
import { schemathesisIsMissing } from './provision/schemathesis';
import { StackError } from './stack/errors';
import { flowStackFolder, repositoryRoot, stackPaths } from './stack/paths';
import { readRecord } from './stack/record';
import { runCommand } from './stack/run-command';
import { killAll } from './stack/shutdown';

/** Tests that share one stack run one after the other. */
const flowTests = (...flags: string[]): Part => ({
  name: 'flow tests',
  run: async (root) => {
    await provision();
    const outcome = await jestProject('flow', '--runInBand', ...flags).run(root);
    const left = readRecord(stackPaths(flowStackFolder(root)).record);
    if (left) await killAll(left); // jest was interrupted
    return outcome;
  },
});

/** The running portal against its document; the flow tests leave it out, with a word, where there is no Python. */
const apiTests: Part = {
  name: 'API tests',
  run: (root) => {
    const missing = schemathesisIsMissing(root);
    if (missing === undefined) return flowTests('--testPathPatterns', 'api-document').run(root);
    console.log(missing);
    return Promise.resolve(FAILED);
  },
};

const parts: Record<string, Part[]> = {
  check: quickChecks,
  unit: [jestProject('unit')],
  component: [jestProject('component')],
  flow: [flowTests()],
  api: [apiTests],
  chaos: [jestProject('chaos', '--runInBand')],
};
const USUAL = ['check', 'component', 'flow'];
const ALL = [...USUAL, 'chaos'];

/** `npm test`: everything a change must pass; with names only those parts, with --all also what takes long. */
async function main(): Promise<number> {
  const words = process.argv.slice(2);
  const named = words.filter((word) => word !== '--all');
  const unknown = named.filter((word) => parts[word] === undefined);
  if (unknown.length > 0) {
    throw new StackError(`There is no part ${unknown.join(', ')}, only ${Object.keys(parts).join(', ')}.`);
  }
  const chosen = named.length > 0 ? named : words.includes('--all') ? ALL : USUAL;
  const { passed, failed } = await runParts(
    chosen.flatMap((name) => parts[name] ?? []),
    repositoryRoot(),
  );
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

runCommand(main);
