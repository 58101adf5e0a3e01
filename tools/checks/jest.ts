import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readIfThere } from '../stack/files';
import { runProgram } from './command';
import { FAILED, type Outcome, type Part } from './part';

interface JestReport {
  numPassedTests: number;
  numFailedTests: number;
  /** Skipped. */
  numPendingTests: number;
  /** Files that could not even be run. */
  numRuntimeErrorTestSuites: number;
}

/** The tests of one jest project, their output shown as they run. */
export const jestProject = (project: string, ...flags: string[]): Part => jestProjects([project], ...flags);

/** The tests of jest projects that share what is set up for them. */
export const jestProjects = (projects: string[], ...flags: string[]): Part => ({
  name: `${projects.join(' and ')} tests`,
  run: async (root) => {
    const folder = mkdtempSync(join(tmpdir(), 'gophermart-jest-'));
    const report = join(folder, 'report.json');
    const args = [
      '--selectProjects',
      ...projects,
      '--json',
      `--outputFile=${report}`,
      '--passWithNoTests',
      ...flags,
    ];
    try {
      const { code } = await runProgram(root, { program: 'jest', args: [...args], output: 'shown' });
      return outcomeOf(readIfThere(report), code);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
});

/** @param report undefined when jest ended before it had one */
export function outcomeOf(report: string | undefined, exitCode: number): Outcome {
  if (report === undefined) return exitCode === 0 ? { passed: 0, failed: 0 } : FAILED;
  const { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites } = JSON.parse(
    report,
  ) as JestReport;
  const failed = numFailedTests + numRuntimeErrorTestSuites;
  // such as a teardown that failed after the last test
  return {
    passed: numPassedTests,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: numPendingTests,
  };
}
