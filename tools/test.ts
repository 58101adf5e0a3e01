import { jestProject } from './checks/jest';
import { runParts, type Part } from './checks/part';
import { quickChecks } from './checks/quick';
import { provision } from './provision/index';
import { StackError } from './stack/errors';
import { flowStackFolder, repositoryRoot, stackPaths } from './stack/paths';
import { readRecord } from './stack/record';
import { runCommand } from './stack/run-command';
import { killAll } from './stack/shutdown';

/** Tests that share one stack run one after the other. */
const flowTests: Part = {
  name: 'flow tests',
  run: async (root) => {
    await provision();
    const outcome = await jestProject('flow', '--runInBand').run(root);
    const left = readRecord(stackPaths(flowStackFolder(root)).record);
    if (left) await killAll(left); // jest was interrupted
    return outcome;
  },
};

const parts: Record<string, Part[]> = {
  check: quickChecks,
  unit: [jestProject('unit')],
  component: [jestProject('component')],
  flow: [flowTests],
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
