import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { Unavailable } from './ports';

/** OWASP's password storage cheat sheet; the algorithm is argon2id, the library's default. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Each costs some 20 ms of a core: more waiting than this would be answered too late anyway. */
export const MAX_HASHES_UNDER_WAY = 512;

export interface Passwords {
  /** @throws Unavailable when too many are under way */
  hash(password: string): Promise<string>;
  /**
   * Whether the password fits the hash. Without a hash the answer is no, after the same time.
   * @throws Unavailable when too many are under way
   */
  fits(password: string, passwordHash: string | undefined): Promise<boolean>;
}

/** Hashing off the event loop, in the library's threads. */
export async function createPasswords(): Promise<Passwords> {
  const nobodysHash = await hash(randomBytes(16), PARAMETERS);
  let underWay = 0;

  const bounded = async <T>(work: () => Promise<T>): Promise<T> => {
    if (underWay >= MAX_HASHES_UNDER_WAY) throw new Unavailable('password hashing');
    underWay++;
    try {
      return await work();
    } finally {
      underWay--;
    }
  };

  return {
    hash: (password) => bounded(() => hash(password, PARAMETERS)),
    fits: async (password, passwordHash) => {
      const matches = await bounded(() => verify(passwordHash ?? nobodysHash, password));
      return matches && passwordHash !== undefined;
    },
  };
}
