import { loginKey } from '../../../services/portal/login-key';
import { Unavailable, type LoginRecord } from '../../../services/portal/ports';
import { MAX_LOGINS_TRUSTED, Sessions } from '../../../services/portal/sessions';
import { createTokens, type Claims } from '../../../services/portal/tokens';

const TRUST_MS = 20;
const record = (accountId: string): LoginRecord => ({
  accountId,
  passwordHash: 'hash',
  createdAt: '2026-05-01T10:00:00.000Z',
  generation: 1,
  ended: [],
});

function fixture() {
  const kept = new Map<string, LoginRecord>([[loginKey('anna'), record('a')]]);
  const clock = { elapsedMs: 0 };
  const looks: string[] = [];
  const faults: Error[] = [];
  const sessions = new Sessions(
    {
      logins: {
        find: (key) => {
          looks.push(key);
          const fault = faults.shift();
          return fault ? Promise.reject(fault) : Promise.resolve(kept.get(key));
        },
        claim: () => Promise.resolve(true),
        change: (key, decide) => {
          const wanted = decide(kept.get(key)!);
          if (wanted) kept.set(key, wanted);
          return Promise.resolve(wanted);
        },
      },
      tokens: createTokens([{ kid: 'k', secret: new Uint8Array(32) }], 60, () => 0),
      newId: () => 't',
      now: () => 0,
    },
    TRUST_MS,
    () => clock.elapsedMs,
  );
  const claims = (changes: Partial<Claims> = {}): Claims => ({
    accountId: 'a',
    loginKey: loginKey('anna'),
    generation: 1,
    tokenId: 't',
    expiresAtMs: 60_000,
    ...changes,
  });
  return { sessions, kept, clock, looks, faults, claims };
}

describe('an open session', () => {
  it.each<[string, Partial<Claims>]>([
    ['is of the login’s account', { accountId: 'b' }],
    ['is of a login that there is', { loginKey: loginKey('bert') }],
    ['is of the current generation', { generation: 2 }],
    ['is not over', { expiresAtMs: 0 }],
  ])('%s', async (_name, changes) => {
    const { sessions, claims } = fixture();
    expect(await sessions.isOpen(claims())).toBe(true);
    expect(await sessions.isOpen(claims(changes))).toBe(false);
  });
});

describe('a look at a login', () => {
  it('is shared and trusted for a bounded time, and no longer', async () => {
    const { sessions, kept, clock, looks, claims } = fixture();
    await Promise.all([sessions.isOpen(claims()), sessions.isOpen(claims())]);
    kept.set(loginKey('anna'), { ...record('a'), generation: 2 }); // by another portal
    clock.elapsedMs = TRUST_MS - 1;
    expect(await sessions.isOpen(claims())).toBe(true);
    expect(looks).toHaveLength(1);
    clock.elapsedMs = TRUST_MS;
    expect(await sessions.isOpen(claims())).toBe(false);
    expect(looks).toHaveLength(2);
  });

  it('is not kept when it failed', async () => {
    const { sessions, faults, claims } = fixture();
    faults.push(new Unavailable('logins'));
    await expect(sessions.isOpen(claims())).rejects.toThrow(Unavailable);
    expect(await sessions.isOpen(claims())).toBe(true);
  });

  it('is forgotten at a change, whose answer waits until nobody trusts an older one', async () => {
    const { sessions, claims } = fixture();
    expect(await sessions.isOpen(claims())).toBe(true);
    const since = performance.now();
    const ended = sessions.end(claims());
    await Promise.resolve();
    await Promise.resolve();
    expect(await sessions.isOpen(claims())).toBe(false);
    await ended;
    expect(performance.now() - since).toBeGreaterThanOrEqual(TRUST_MS - 1);
  });

  it('is kept of a bounded number of logins', async () => {
    const { sessions, looks, claims } = fixture();
    await sessions.isOpen(claims());
    for (let at = 0; at < MAX_LOGINS_TRUSTED; at++) await sessions.isOpen(claims({ loginKey: `l${at}` }));
    const before = looks.length;
    await sessions.isOpen(claims());
    await sessions.isOpen(claims({ loginKey: `l${MAX_LOGINS_TRUSTED - 1}` }));
    expect(looks.length - before).toBe(1);
  });
});

describe('a changed password', () => {
  it('is known as our own when the change is decided again', async () => {
    const { sessions, kept } = fixture();
    const known = kept.get(loginKey('anna'))!;
    const first = await sessions.replacePassword(loginKey('anna'), known, 'new hash');
    expect(await sessions.replacePassword(loginKey('anna'), known, 'new hash')).toBe(first);
    expect(first).toMatchObject({ passwordHash: 'new hash', generation: 2 });
    expect(await sessions.replacePassword(loginKey('anna'), known, 'third hash')).toBeUndefined();
  });
});
