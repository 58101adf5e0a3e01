import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { topics } from '../../services/shared/events/catalogue';
import { kafkaAdminCommand } from '../provision/index';
import { StackError } from './errors';
import type { KafkaProgram } from './kafka';

const PARTITIONS = 8;
const ADMIN_TIMEOUT_MS = 60_000;

/** Every topic, and the one for what none of its consumers can understand. */
export const allTopics: readonly string[] = topics.flatMap((topic) => [topic, `${topic}.dead`]);

/** Makes the topics that are missing. @throws StackError when no broker answers */
export async function ensureTopics(
  program: KafkaProgram,
  brokers: string,
  stop?: AbortSignal,
): Promise<void> {
  await kafkaAdmin(program, ['topics', brokers, String(PARTITIONS), '1', ...allTopics], stop);
}

export interface ConsumerLag {
  group: string;
  topic: string;
  /** Messages not yet handled. */
  lag: number;
}

/** How far the consumer groups of a stack are behind. */
export async function consumerLag(
  program: KafkaProgram,
  brokers: string,
  stackId: string,
): Promise<ConsumerLag[]> {
  const lines = await kafkaAdmin(program, ['lag', brokers]);
  return lines
    .map((line) => JSON.parse(line) as ConsumerLag)
    .filter(({ group }) => group.endsWith(`-${stackId}`));
}

async function kafkaAdmin(program: KafkaProgram, words: string[], stop?: AbortSignal): Promise<string[]> {
  const { program: java, args } = kafkaAdminCommand(program, words);
  try {
    const { stdout } = await promisify(execFile)(java, args, { timeout: ADMIN_TIMEOUT_MS, signal: stop });
    return stdout.split('\n').filter((line) => line !== '');
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new StackError(`Kafka: ${(stderr?.trim() || message).split('\n').at(-1)}`);
  }
}
