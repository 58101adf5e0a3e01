import { runParts } from './checks/part';
import { quickChecks } from './checks/quick';
import { repositoryRoot } from './stack/paths';
import { runCommand } from './stack/run-command';

/** `npm run check`: what a person runs before pushing; needs neither Dapr nor Kafka. */
runCommand(async () => {
  const { passed, failed } = await runParts(quickChecks, repositoryRoot());
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});
