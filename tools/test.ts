import { jestProject, jestProjects } from './checks/jest';
import { FAILED, formatOutcome, runParts, type Part } from './checks/part';
import { quickChecks } from './checks/quick';
import { findChromium } from './provision/chromium';
import { provision } from './provision/index';
import { schemathesisIsMissing } from './provision/schemathesis';
import { StackError } from './stack/errors';
import { flowStackFolder, repositoryRoot, stackPaths } from './stack/paths';
import { readRecord } from './stack/record';
import { runCommand } from './stack/run-command';
import { killAll } from './stack/shutdown';

/** Tests that share one stack run one after the other. */
const stackTests = (projects: string[], ...flags: string[]): Part => ({
  name: `${projects.join(' and ')} tests`,
  run: async (root) => {
    await provision();
    const outcome = await jestProjects(projects, '--runInBand', ...flags).run(root);
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
    if (missing === undefined) return stackTests(['flow'], '--testPathPatterns', 'api-document').run(root);
    console.log(missing);
    return Promise.resolve(FAILED);
  },
};

const parts: Record<string, Part[]> = {
  check: quickChecks,
  unit: [jestProject('unit')],
  component: [jestProject('component')],
  flow: [stackTests(['flow'])],
  browser: [stackTests(['browser'])],
  stack: [stackTests(['flow', 'browser'])],
  api: [apiTests],
  chaos: [jestProject('chaos', '--runInBand')],
};
const USUAL = ['check', 'component', 'stack'];
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
  const outcome = await runParts(
    chosen.flatMap((name) => parts[name] ?? []),
    repositoryRoot(),
  );
  if (chosen.some((name) => name === 'stack' || name === 'browser')) warnWithoutBrowser();
  console.log(formatOutcome(outcome));
  return outcome.failed === 0 ? 0 : 1;
}

function warnWithoutBrowser(): void {
  const found = findChromium(repositoryRoot());
  if ('path' in found) return;
  const line = '!'.repeat(100);
  console.log([line, 'skipped: the page was NOT tested in a browser.', found.missing, line].join('\n'));
}

runCommand(main);
