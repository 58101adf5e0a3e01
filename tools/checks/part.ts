/** What a part of the checks comes to. A check that is not a test suite counts as one. */
export interface Outcome {
  passed: number;
  failed: number;
  /** Tests that this machine cannot run. */
  skipped?: number;
}

/** One thing that `npm run check` or `npm test` looks at. */
export interface Part {
  name: string;
  run: (root: string) => Promise<Outcome>;
}

export const PASSED: Outcome = { passed: 1, failed: 0 };
export const FAILED: Outcome = { passed: 0, failed: 1 };

/** Parts that share nothing, at the same time, as one. */
export const together = (name: string, parts: Part[]): Part => ({
  name,
  run: async (root) => sum(await Promise.all(parts.map((part) => runParts([part], root)))),
});

const sum = (outcomes: Outcome[]): Outcome => ({
  passed: outcomes.reduce((total, { passed }) => total + passed, 0),
  failed: outcomes.reduce((total, { failed }) => total + failed, 0),
  skipped: outcomes.reduce((total, { skipped = 0 }) => total + skipped, 0),
});

/** Runs the parts one after the other, also after a failure, and says how long each took. */
export async function runParts(parts: Part[], root: string): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  for (const part of parts) {
    const since = Date.now();
    const outcome = await part.run(root);
    const seconds = ((Date.now() - since) / 1_000).toFixed(1);
    console.log(`${outcome.failed > 0 ? 'FAILED' : 'ok    '}  ${part.name}  ${seconds} s`);
    outcomes.push(outcome);
  }
  return sum(outcomes);
}

/** `12 passed, 0 failed`, and how many were skipped if any were. */
export const formatOutcome = ({ passed, failed, skipped = 0 }: Outcome): string =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
