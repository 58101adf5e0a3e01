import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StackError } from './errors';
import { readOrCreate } from './files';
import type { StackPaths } from './paths';
import { DATA_DIR_MARK, type ProcessSpec } from './plan';
import { infrastructurePorts, type Settings } from './settings';

const HEAP_MB = 384;
const FORMAT_TIMEOUT_MS = 60_000;

export interface KafkaProgram {
  java: string;
  kafkaClasspath: string;
}

/** One broker that is its own controller, reachable from this machine only. */
export function kafkaProperties(settings: Settings, paths: StackPaths): string {
  const controller = `127.0.0.1:${infrastructurePorts(settings).kafkaController}`;
  const broker = `127.0.0.1:${settings.kafkaPort}`;
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.bootstrap.servers': controller,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://${broker},CONTROLLER://${controller}`,
    'advertised.listeners': `PLAINTEXT://${broker},CONTROLLER://${controller}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': paths.kafka,
    // A topic that nobody has made is a mistake, not a wish.
    'auto.create.topics.enable': false,
    'num.partitions': 8,
    'offsets.topic.num.partitions': 4,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'log.segment.bytes': 64 * 1024 * 1024,
    'log.retention.ms': -1,
    // Our bodies end at 3.5 MiB (services/shared/dapr/runtime.ts); a record's frame comes on top.
    'message.max.bytes': 5 * 1024 * 1024,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

export function planKafka(settings: Settings, paths: StackPaths, program: KafkaProgram): ProcessSpec[] {
  if (settings.foreign.kafkaBrokers !== undefined) return [];
  return [
    {
      name: 'kafka',
      kind: 'broker',
      command: program.java,
      args: [
        '-Xms128m',
        `-Xmx${HEAP_MB}m`,
        '-XX:+UseSerialGC',
        '-cp',
        program.kafkaClasspath,
        'kafka.Kafka',
        paths.kafkaProperties,
      ],
      env: { [DATA_DIR_MARK]: settings.dataDir },
      cwd: paths.run,
      logFile: join(paths.log, 'kafka.log'),
      ports: { kafka: settings.kafkaPort, controller: infrastructurePorts(settings).kafkaController },
    },
  ];
}

/**
 * Writes the broker's configuration, and at the first time formats its storage.
 * @throws StackError with what the formatting said
 */
export function prepareKafka(settings: Settings, paths: StackPaths, program: KafkaProgram): void {
  writeFileSync(paths.kafkaProperties, kafkaProperties(settings, paths));
  if (existsSync(join(paths.kafka, 'meta.properties'))) return;
  mkdirSync(paths.kafka, { recursive: true });
  const clusterId = readOrCreate(paths.kafkaClusterId, newClusterId);
  const format = spawnSync(
    program.java,
    [
      '-XX:TieredStopAtLevel=1',
      '-cp',
      program.kafkaClasspath,
      'kafka.tools.StorageTool',
      'format',
      '--standalone',
      '--cluster-id',
      clusterId,
      '--config',
      paths.kafkaProperties,
    ],
    { encoding: 'utf8', timeout: FORMAT_TIMEOUT_MS },
  );
  if (format.status === 0) return;
  const said = `${format.stdout ?? ''}${format.stderr ?? ''}${format.error?.message ?? ''}`.trim();
  throw new StackError(`Kafka’s storage in ${paths.kafka} cannot be formatted: ${said.split('\n').at(-1)}`);
}

/** 16 bytes in base64url, as Kafka wants it, never beginning with a dash, which its command line would take for a flag. */
function newClusterId(): string {
  const bytes = randomBytes(16);
  bytes.writeUInt8(bytes.readUInt8(0) & 0x7f, 0);
  return bytes.toString('base64url');
}
