import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CommunicationProtocolEnum,
  DaprClient,
  LogLevel,
  StateConcurrencyEnum,
  StateConsistencyEnum,
} from '@dapr/dapr';
import { z } from 'zod';
import { accountId } from '../../shared/events/schemas';
import type { Logger } from '../../shared/log';
import { Unavailable, type LoginRecord, type Logins } from '../ports';
import { createBreaker, type Breaker } from './breaker';

const STATE_DEADLINE_MS = 1_800;

const document = z.object({
  account_id: accountId,
  password_hash: z.string().startsWith('$argon2id$'),
  created_at: z.iso.datetime(),
});

/** The part of Dapr's SDK that the logins live on. */
export type StateClient = Pick<DaprClient['state'], 'get' | 'save'>;

/** A DaprClient over gRPC to the own sidecar that logs through our logger. */
export function connectDapr(grpcPort: number, log: Logger): DaprClient {
  const say = (level: 'error' | 'warn' | 'debug') => (message: unknown) =>
    log[level]({ sdk: String(message) });
  const [error, warn, debug] = [say('error'), say('warn'), say('debug')];
  return new DaprClient({
    daprHost: '127.0.0.1',
    daprPort: String(grpcPort),
    communicationProtocol: CommunicationProtocolEnum.GRPC,
    logger: { level: LogLevel.Warn, service: { error, warn, info: debug, verbose: debug, debug } },
  });
}

/** Logins as plain state, one key each, unique by first-write concurrency. */
export class DaprLogins implements Logins {
  readonly breaker: Breaker = createBreaker('logins');

  constructor(
    private readonly state: StateClient,
    private readonly store: string,
    private readonly log: Logger,
    private readonly deadlineMs = STATE_DEADLINE_MS,
  ) {}

  find(login: string): Promise<LoginRecord | undefined> {
    return this.ask(() => this.read(login));
  }

  claim(login: string, record: LoginRecord): Promise<boolean> {
    return this.ask(async () => {
      try {
        await this.insert(login, record);
        return true;
      } catch (error) {
        // the SDK tells a lost race and a failure alike, each store in its own words: what is stored decides
        const holder = await this.read(login);
        if (holder === undefined) throw error;
        return holder.accountId === record.accountId;
      }
    });
  }

  private async read(login: string): Promise<LoginRecord | undefined> {
    const found = await this.state.get(this.store, keyOf(login));
    // the SDK answers with an empty text for a key that is not there
    if (found === '') return undefined;
    const { account_id, password_hash, created_at } = document.parse(found);
    return { accountId: account_id, passwordHash: password_hash, createdAt: created_at };
  }

  /** Without an etag, first-write means: only when the key is absent. */
  private async insert(login: string, record: LoginRecord): Promise<void> {
    const value: z.infer<typeof document> = {
      account_id: record.accountId,
      password_hash: record.passwordHash,
      created_at: record.createdAt,
    };
    const options = {
      concurrency: StateConcurrencyEnum.CONCURRENCY_FIRST_WRITE,
      consistency: StateConsistencyEnum.CONSISTENCY_STRONG,
    };
    await this.state.save(this.store, [{ key: keyOf(login), value, options }]);
  }

  private async ask<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await this.breaker.run(() => within(this.deadlineMs, call));
    } catch (error) {
      if (error instanceof Unavailable) throw error;
      this.log.warn({ err: error }, 'the state store did not do what was asked');
      throw new Unavailable('logins', error);
    }
  }
}

/** What customers type never becomes part of a key. */
function keyOf(login: string): string {
  return `login/${createHash('sha256').update(login).digest('hex')}`;
}

/** The SDK's calls have no deadline of their own. */
async function within<T>(deadlineMs: number, call: () => Promise<T>): Promise<T> {
  const timer = new AbortController();
  const late = delay(deadlineMs, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`no answer within ${deadlineMs} ms`);
  });
  try {
    return await Promise.race([call(), late]);
  } finally {
    timer.abort();
  }
}
