/** What a part of the checks comes to. A check that is not a test suite counts as one. */
export interface Outcome {
  passed: number;
  failed: number;
}

/** One thing that `npm run check` or `npm test` looks at. */
export interface Part {
  name: string;
  run: (root: string) => Promise<Outcome>;
}

export const PASSED: Outcome = { passed: 1, failed: 0 };
export const FAILED: Outcome = { passed: 0, failed: 1 };

/** Runs the parts one after the other, also after a failure, and says how long each took. */
export async function runParts(parts: Part[], root: string): Promise<Outcome> {
  const total = { passed: 0, failed: 0 };
  for (const part of parts) {
    const since = Date.now();
    const { passed, failed } = await part.run(root);
    const seconds = ((Date.now() - since) / 1_000).toFixed(1);
    console.log(`${failed > 0 ? 'FAILED' : 'ok    '}  ${part.name}  ${seconds} s`);
    total.passed += passed;
    total.failed += failed;
  }
  return total;
}
