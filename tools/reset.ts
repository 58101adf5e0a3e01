import { existsSync, readdirSync, rmSync } from 'node:fs';
import { StackError } from './stack/errors';
import { repositoryRoot, stackPaths } from './stack/paths';
import { isAnyRunning, readRecord } from './stack/record';
import { runCommand } from './stack/run-command';
import { parseSettings } from './stack/settings';

/** `npm run reset`: throws all data of the stack away. */
async function main(): Promise<void> {
  const { dataDir } = parseSettings(process.env, repositoryRoot());
  const paths = stackPaths(dataDir);
  const record = readRecord(paths.record);
  if (record && isAnyRunning(record)) {
    throw new StackError(`The stack on ${dataDir} runs: npm run stop first.`);
  }
  if (!existsSync(dataDir)) return console.log(`There is no ${dataDir}.`);
  if (readdirSync(dataDir).length > 0 && !existsSync(paths.run)) {
    throw new StackError(`${dataDir} holds files but was never a stack's DATA_DIR; nothing was deleted.`);
  }
  rmSync(dataDir, { recursive: true });
  console.log(`${dataDir} is gone: customers, orders, points, events, keys and logs.`);
}

runCommand(main);
