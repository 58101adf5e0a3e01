import { createHash, randomBytes } from 'node:crypto';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { TooManyRequests } from './problems';

export interface RateLimitSettings {
  /** All requests of an address. */
  requestsPerMinute: number;
  /** Registrations, logins and password changes of an address: each costs a password hash. */
  credentialsPerMinute: number;
  /** Wrong passwords for a login from one address. */
  wrongPasswordsPerMinute: number;
  /** Wrong passwords for a login from everywhere. */
  wrongPasswordsPerLoginPerMinute: number;
}

/** How often an address may ask, and a password be guessed. Counted in memory, for each portal by itself. */
export interface RateLimits {
  /** Counts a request. @throws TooManyRequests */
  request(address: string): Promise<void>;
  /** Counts a request that costs a password hash. @throws TooManyRequests */
  credentials(address: string): Promise<void>;
  /**
   * Counts a guess at a password before it is looked at, so that many at once are no way round.
   * @returns takes the guess back: it was right @throws TooManyRequests
   */
  guess(address: string, loginKey: string): Promise<() => Promise<void>>;
}

const WINDOW_SECONDS = 60;
/** The most counters that a limit keeps; strangers who meet in one share it. */
const MAX_COUNTERS = 2 ** 20;

/** For load tests. */
export const noRateLimits: RateLimits = {
  request: () => Promise.resolve(),
  credentials: () => Promise.resolve(),
  guess: () => Promise.resolve(() => Promise.resolve()),
};

export function createRateLimits(settings: RateLimitSettings): RateLimits {
  const requests = limiter(settings.requestsPerMinute);
  const credentials = limiter(settings.credentialsPerMinute);
  const guessesHere = limiter(settings.wrongPasswordsPerMinute);
  const guesses = limiter(settings.wrongPasswordsPerLoginPerMinute);
  return {
    request: (address) => consume(requests, network(address)),
    credentials: (address) => consume(credentials, network(address)),
    guess: async (address, loginKey) => {
      const here = `${network(address)} ${loginKey}`;
      await consume(guessesHere, here);
      await consume(guesses, loginKey);
      return async () => {
        await Promise.all([guessesHere.reward(counterOf(here)), guesses.reward(counterOf(loginKey))]);
      };
    },
  };
}

/** The address as limits see it: of IPv6 the network (a household has 2^64 addresses), of IPv4 in IPv6 the IPv4. */
export function network(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!plain.includes(':')) return plain;
  const [head = '', tail] = plain.split('::', 2);
  const groups = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array<string>(Math.max(0, 8 - groups.length - after.length)).fill('0');
  return [...groups, ...zeros, ...after].slice(0, 4).join(':');
}

function limiter(pointsPerMinute: number): RateLimiterMemory {
  return new RateLimiterMemory({ points: pointsPerMinute, duration: WINDOW_SECONDS });
}

async function consume(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(counterOf(key));
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    throw new TooManyRequests(Math.max(1, Math.ceil(refused.msBeforeNext / 1_000)));
  }
}

/** Of this process: nobody can choose whom to share a counter with. */
const salt = randomBytes(16);

function counterOf(key: string): string {
  const hash = createHash('sha256').update(salt).update(key).digest();
  return String(hash.readUInt32BE() % MAX_COUNTERS);
}
