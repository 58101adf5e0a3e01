import { provisionKafka } from './provision/index';
import { sumOfMetric } from './stack/gauge';
import { memoryUse } from './stack/memory-use';
import { repositoryRoot, stackPaths } from './stack/paths';
import type { ProcessSpec } from './stack/plan';
import { isRunning } from './stack/process-table';
import { isReady } from './stack/processes';
import { isAnyRunning, readRecord, type RunningProcess, type RunRecord } from './stack/record';
import { runCommand } from './stack/run-command';
import { kafkaBrokers, parseSettings } from './stack/settings';
import { formatTable } from './stack/table';
import { consumerLag, type ConsumerLag } from './stack/topics';

const METRICS_TIMEOUT_MS = 2_000;
const KB_PER_MB = 1_024;
const OUTBOX_METRIC = 'actor_outbox_pending_rows';

/** `npm run status`: every process of the stack and how it is, and how far its consumers are behind. */
async function main(): Promise<number> {
  const { dataDir } = parseSettings(process.env, repositoryRoot());
  const record = readRecord(stackPaths(dataDir).record);
  if (!record || !isAnyRunning(record)) {
    console.log(`Nothing runs on ${dataDir}.`);
    return 1;
  }
  const [rows, lag] = await Promise.all([
    Promise.all(record.processes.map((one) => rowOf(record, one))),
    lagOf(record),
  ]);
  console.log(
    `portal http://127.0.0.1:${record.settings.portalPort}   data ${dataDir}   ${watcher(record)}\n`,
  );
  console.log(formatTable([['process', 'pid', 'version', 'ports', 'MB', 'outbox', 'state'], ...rows]));
  console.log(`\n${describeLag(lag)}`);
  return rows.every((row) => row.at(-1) === 'ready') ? 0 : 1;
}

const watcher = (record: RunRecord): string =>
  isRunning(record.supervisor)
    ? `watched by process ${record.supervisor.pid}`
    : 'nobody watches it: npm run stop ends it';

async function rowOf(record: RunRecord, one: RunningProcess): Promise<(string | number)[]> {
  const { spec } = one;
  const ports = [...new Set(Object.values(spec.ports))].join(' ');
  if (!isRunning(one)) return [spec.name, '-', '-', ports, '-', '-', `dead: npm run revive -- ${spec.name}`];
  const [ready, outbox] = await Promise.all([isReady(spec), outboxOf(spec)]);
  const memory = memoryUse(one.pid);
  return [
    spec.name,
    one.pid,
    versionOf(record, spec),
    ports,
    memory ? Math.round((memory.pssKb ?? memory.rssKb) / KB_PER_MB) : '-',
    outbox ?? '-',
    ready ? 'ready' : 'not ready',
  ];
}

function versionOf({ versions }: RunRecord, { kind }: ProcessSpec): string {
  switch (kind) {
    case 'broker':
      return `Kafka ${versions.kafka}`;
    case 'app':
      return `Node ${versions.node}`;
    case 'cli':
      return `Dapr CLI ${versions.cli}`;
    case 'sidecar':
    case 'placement':
    case 'scheduler':
      return `Dapr ${versions.dapr}`;
  }
}

/** Events that are stored but not yet published. */
async function outboxOf(spec: ProcessSpec): Promise<number | undefined> {
  if (spec.kind !== 'app' || spec.ports.ops === undefined) return undefined;
  try {
    const url = `http://127.0.0.1:${spec.ports.ops}/metrics`;
    const response = await fetch(url, { signal: AbortSignal.timeout(METRICS_TIMEOUT_MS) });
    return sumOfMetric(await response.text(), OUTBOX_METRIC);
  } catch {
    return undefined;
  }
}

async function lagOf(record: RunRecord): Promise<ConsumerLag[] | string> {
  try {
    return await consumerLag(await provisionKafka(), kafkaBrokers(record.settings), record.stackId);
  } catch (error) {
    return (error as Error).message;
  }
}

function describeLag(lag: ConsumerLag[] | string): string {
  if (typeof lag === 'string') return lag;
  const rows = lag.map(({ group, topic, lag: behind }) => [group, topic, behind]);
  return formatTable([['consumer group', 'topic', 'lag'], ...rows]);
}

runCommand(main);
