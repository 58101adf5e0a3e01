import { setTimeout as delay } from 'node:timers/promises';
import { repositoryRoot, stackPaths } from './stack/paths';
import { isRunning } from './stack/process-table';
import { isAnyRunning, readRecord, removeRecord } from './stack/record';
import { runCommand } from './stack/run-command';
import { parseSettings } from './stack/settings';
import { shutDown } from './stack/shutdown';

const SUPERVISOR_TIMEOUT_MS = 15_000;
const POLL_MS = 100;

/** `npm run stop`: stops the stack on DATA_DIR, also when its terminal is gone. */
async function main(): Promise<void> {
  const { dataDir } = parseSettings(process.env, repositoryRoot());
  const file = stackPaths(dataDir).record;
  const record = readRecord(file);
  if (!record || !isAnyRunning(record)) {
    removeRecord(file);
    console.log(`Nothing runs on ${dataDir}.`);
    return;
  }
  if (isRunning(record.supervisor)) {
    process.kill(record.supervisor.pid, 'SIGTERM');
    for (let waitedMs = 0; waitedMs < SUPERVISOR_TIMEOUT_MS; waitedMs += POLL_MS) {
      if (!isRunning(record.supervisor)) break;
      await delay(POLL_MS);
    }
  }
  // what the supervisor has left, or all of it when there was none
  const killed = await shutDown(readRecord(file) ?? record);
  removeRecord(file);
  console.log(
    `Stopped${killed.length > 0 ? `; killed: ${killed.join(', ')}` : ''}. The data stays in ${dataDir}.`,
  );
}

runCommand(main);
