import { StackError } from './stack/errors';
import { repositoryRoot, stackPaths } from './stack/paths';
import { isRunning } from './stack/process-table';
import { isReady, launch, waitReady } from './stack/processes';
import { isAnyRunning, readRecord, recordProcess } from './stack/record';
import { runCommand } from './stack/run-command';
import { parseSettings } from './stack/settings';

const READY_TIMEOUT_MS = 30_000;

/** `npm run revive -- NAME…`: starts processes of the running stack again that died; without a name, all of them. */
async function main(): Promise<void> {
  const { dataDir } = parseSettings(process.env, repositoryRoot());
  const file = stackPaths(dataDir).record;
  const record = readRecord(file);
  if (!record || !isAnyRunning(record)) throw new StackError(`Nothing runs on ${dataDir}: npm start.`);
  const known = record.processes.filter(({ spec }) => spec.kind !== 'cli');
  const dead = known.filter((one) => !isRunning(one));
  const names = process.argv.slice(2);
  for (const name of names) {
    if (known.some(({ spec }) => spec.name === name)) continue;
    throw new StackError(`There is no ${name}, only ${known.map(({ spec }) => spec.name).join(', ')}.`);
  }
  const wanted = names.length === 0 ? dead : dead.filter(({ spec }) => names.includes(spec.name));
  for (const name of names) {
    if (!wanted.some(({ spec }) => spec.name === name)) console.log(`${name} runs`);
  }
  const started = [];
  for (const { spec } of wanted) {
    const running = await launch(spec);
    recordProcess(file, running);
    started.push(running);
  }
  for (const running of started) {
    await waitReady(running, () => isReady(running.spec), READY_TIMEOUT_MS);
    console.log(`${running.spec.name} runs again, process ${running.pid}`);
  }
}

runCommand(main);
