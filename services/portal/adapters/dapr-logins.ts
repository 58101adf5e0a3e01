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

/** Of a change that met others: more than so many times in a row is a fault. */
const MAX_CHANGE_ATTEMPTS = 5;

const document = z.object({
  account_id: accountId,
  password_hash: z.string().startsWith('$argon2id$'),
  created_at: z.iso.datetime(),
  generation: z.number().int().min(1),
  ended: z.array(z.object({ token_id: z.string(), expires_at_ms: z.number() })),
});

/** The part of Dapr's SDK that the logins live on. */
export type StateClient = Pick<DaprClient['state'], 'get' | 'getBulk' | 'save'>;

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

  find(loginKey: string): Promise<LoginRecord | undefined> {
    return this.ask(() => this.read(loginKey));
  }

  claim(loginKey: string, record: LoginRecord): Promise<boolean> {
    return this.ask(async () => {
      try {
        await this.write(loginKey, record);
        return true;
      } catch (error) {
        // the SDK tells a lost race and a failure alike, each store in its own words: what is stored decides
        const holder = await this.read(loginKey);
        if (holder === undefined) throw error;
        return holder.accountId === record.accountId;
      }
    });
  }

  change(
    loginKey: string,
    decide: (kept: LoginRecord) => LoginRecord | undefined,
  ): Promise<LoginRecord | undefined> {
    return this.ask(async () => {
      for (let attempt = 1; ; attempt++) {
        const [found] = await this.state.getBulk(this.store, [storeKey(loginKey)]);
        const kept = parsed(found?.data);
        const wanted = kept && decide(kept);
        if (wanted === undefined || wanted === kept) return wanted;
        try {
          await this.write(loginKey, wanted, found?.etag);
          return wanted;
        } catch (error) {
          // a lost race, a failure, or a success whose answer was lost: the next look decides
          if (attempt === MAX_CHANGE_ATTEMPTS) throw error;
        }
      }
    });
  }

  private async read(loginKey: string): Promise<LoginRecord | undefined> {
    const consistency = StateConsistencyEnum.CONSISTENCY_STRONG;
    return parsed(await this.state.get(this.store, storeKey(loginKey), { consistency }));
  }

  /** First-write: without an etag only when the key is absent, with one only when it still holds. */
  private async write(loginKey: string, record: LoginRecord, etag?: string): Promise<void> {
    const value: z.infer<typeof document> = {
      account_id: record.accountId,
      password_hash: record.passwordHash,
      created_at: record.createdAt,
      generation: record.generation,
      ended: record.ended.map(({ tokenId, expiresAtMs }) => ({
        token_id: tokenId,
        expires_at_ms: expiresAtMs,
      })),
    };
    const options = {
      concurrency: StateConcurrencyEnum.CONCURRENCY_FIRST_WRITE,
      consistency: StateConsistencyEnum.CONSISTENCY_STRONG,
    };
    const item = { key: storeKey(loginKey), value, options, ...(etag !== undefined && { etag }) };
    await this.state.save(this.store, [item]);
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

const storeKey = (loginKey: string): string => `login/${loginKey}`;

function parsed(found: unknown): LoginRecord | undefined {
  // the SDK answers with an empty text for a key that is not there
  if (found === '' || found === undefined) return undefined;
  const { account_id, password_hash, created_at, generation, ended } = document.parse(found);
  return {
    accountId: account_id,
    passwordHash: password_hash,
    createdAt: created_at,
    generation,
    ended: ended.map(({ token_id, expires_at_ms }) => ({ tokenId: token_id, expiresAtMs: expires_at_ms })),
  };
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
