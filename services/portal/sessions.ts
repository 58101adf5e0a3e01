import { setTimeout as delay } from 'node:timers/promises';
import type { LoginRecord, Logins } from './ports';
import type { Claims, Tokens } from './tokens';

/**
 * For so long a portal may trust what it has read of a login. A change is answered only after that time: once
 * the customer has the answer, an ended session works on no portal.
 */
export const TRUST_MS = 500;
export const MAX_LOGINS_TRUSTED = 20_000;
/** Of one login at a time; a logout beyond it ends the login's other sessions as well. */
export const MAX_ENDED_TOKENS = 32;

interface Look {
  sinceMs: number;
  record: Promise<LoginRecord | undefined>;
}

export interface SessionsPorts {
  logins: Logins;
  tokens: Tokens;
  /** Makes ids that are unique for ever. */
  newId: () => string;
  /** Epoch milliseconds. */
  now: () => number;
}

/** Who is logged in. A token is good as long as its login's record says so, whoever has issued it. */
export class Sessions {
  /** The newest look at each login's record, by login key; the oldest look is forgotten first. */
  private readonly looks = new Map<string, Look>();

  /** @param elapsedMs a clock that never goes back */
  constructor(
    private readonly ports: SessionsPorts,
    private readonly trustMs = TRUST_MS,
    private readonly elapsedMs: () => number = () => performance.now(),
  ) {}

  get ttlSeconds(): number {
    return this.ports.tokens.ttlSeconds;
  }

  /** @returns a token for a customer who has shown the login's password */
  open(loginKey: string, { accountId, generation }: LoginRecord): Promise<string> {
    return this.ports.tokens.issue({ accountId, loginKey, generation, tokenId: this.ports.newId() });
  }

  /** @returns undefined for a token that is not, or no longer, good @throws Unavailable */
  async verify(token: string): Promise<Claims | undefined> {
    const claims = await this.ports.tokens.verify(token);
    return claims && (await this.isOpen(claims)) ? claims : undefined;
  }

  /** Whether a session that was verified before still is one; as fresh as `verify`. @throws Unavailable */
  async isOpen(claims: Claims): Promise<boolean> {
    if (claims.expiresAtMs <= this.ports.now()) return false;
    const record = await this.look(claims.loginKey);
    return (
      record !== undefined &&
      record.accountId === claims.accountId &&
      record.generation === claims.generation &&
      !record.ended.some(({ tokenId }) => tokenId === claims.tokenId)
    );
  }

  /** Ends one session, on every portal, before it returns. @throws Unavailable */
  async end({ loginKey, generation, tokenId, expiresAtMs }: Claims): Promise<void> {
    await this.change(loginKey, (kept) => {
      if (kept.generation !== generation || kept.ended.some((ended) => ended.tokenId === tokenId))
        return kept;
      const ended = kept.ended.filter((one) => one.expiresAtMs > this.ports.now());
      return ended.length < MAX_ENDED_TOKENS
        ? { ...kept, ended: [...ended, { tokenId, expiresAtMs }] }
        : nextGeneration(kept);
    });
  }

  /**
   * Replaces the password and ends all sessions of the login, on every portal, before it returns.
   * @param known the record whose password the customer has shown
   * @returns the new record; undefined when the password has been changed meanwhile @throws Unavailable
   */
  replacePassword(
    loginKey: string,
    known: LoginRecord,
    passwordHash: string,
  ): Promise<LoginRecord | undefined> {
    return this.change(loginKey, (kept) => {
      // our own write, whose answer was lost
      if (kept.passwordHash === passwordHash) return kept;
      return kept.passwordHash === known.passwordHash ? { ...nextGeneration(kept), passwordHash } : undefined;
    });
  }

  private async change(
    loginKey: string,
    decide: (kept: LoginRecord) => LoginRecord | undefined,
  ): Promise<LoginRecord | undefined> {
    const changed = await this.ports.logins.change(loginKey, decide);
    this.looks.delete(loginKey);
    // other portals may have looked just before the change
    if (changed) await delay(this.trustMs);
    return changed;
  }

  /** The login's record as it was at most `trustMs` ago; requests at the same time share one look. */
  private look(loginKey: string): Promise<LoginRecord | undefined> {
    const sinceMs = this.elapsedMs();
    const last = this.looks.get(loginKey);
    if (last && sinceMs - last.sinceMs < this.trustMs) return last.record;
    const look: Look = { sinceMs, record: this.ports.logins.find(loginKey) };
    this.looks.delete(loginKey);
    this.looks.set(loginKey, look);
    const [oldest] = this.looks.keys();
    if (this.looks.size > MAX_LOGINS_TRUSTED && oldest !== undefined) this.looks.delete(oldest);
    look.record.catch(() => {
      if (this.looks.get(loginKey) === look) this.looks.delete(loginKey);
    });
    return look.record;
  }
}

function nextGeneration(record: LoginRecord): LoginRecord {
  return { ...record, generation: record.generation + 1, ended: [] };
}
