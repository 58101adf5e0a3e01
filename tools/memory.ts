import { StackError } from './stack/errors';
import { memoryUse } from './stack/memory-use';
import { repositoryRoot, stackPaths } from './stack/paths';
import { isRunning } from './stack/process-table';
import { readRecord } from './stack/record';
import { runCommand } from './stack/run-command';
import { parseSettings } from './stack/settings';
import { formatTable } from './stack/table';

const KB_PER_MB = 1_024;
const mb = (kb: number): number => Math.round(kb / KB_PER_MB);

/** `npm run memory`: what the running stack takes, by process; PSS counts what processes share once. */
async function main(): Promise<void> {
  const { dataDir } = parseSettings(process.env, repositoryRoot());
  const running = readRecord(stackPaths(dataDir).record)?.processes.filter(isRunning) ?? [];
  if (running.length === 0) throw new StackError(`Nothing runs on ${dataDir}: npm start.`);
  const used = running.flatMap(({ spec, pid }) => {
    const use = memoryUse(pid);
    return use ? [{ name: spec.name, rssKb: use.rssKb, pssKb: use.pssKb ?? use.rssKb }] : [];
  });
  used.sort((one, other) => other.pssKb - one.pssKb);
  const total = used.reduce(
    (sum, { rssKb, pssKb }) => ({ rssKb: sum.rssKb + rssKb, pssKb: sum.pssKb + pssKb }),
    { rssKb: 0, pssKb: 0 },
  );
  const rows = [...used, { name: `all ${used.length}`, ...total }];
  console.log(
    formatTable([
      ['process', 'RSS MB', 'PSS MB'],
      ...rows.map(({ name, rssKb, pssKb }) => [name, mb(rssKb), mb(pssKb)]),
    ]),
  );
}

runCommand(main);
