import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT, UnsecuredJWT } from 'jose';
import { loginKey } from '../../../services/portal/login-key';
import { createTokens, readTokenKeys, type TokenKey } from '../../../services/portal/tokens';
import { ConfigError } from '../../../services/shared/config';

const account = 'a1b2c3d4-0000-4000-8000-000000000000';
const issued = { accountId: account, loginKey: loginKey('anna'), generation: 3, tokenId: 't-1' };
const claimsOf = (atMs: number) => ({ ...issued, expiresAtMs: atMs + 60_000 });
const key = (kid: string, byte: number): TokenKey => ({ kid, secret: new Uint8Array(32).fill(byte) });
const [one, two] = [key('one', 1), key('two', 2)];
const startMs = Date.parse('2026-05-01T10:00:00Z');
const clock = (atMs: number) => () => atMs;

describe('tokens', () => {
  it('name the account, until they expire', async () => {
    const token = await createTokens([one], 60, clock(startMs)).issue(issued);
    const at = (atMs: number) => createTokens([one], 60, clock(atMs)).verify(token);
    expect(await at(startMs)).toEqual(claimsOf(startMs));
    expect(await at(startMs + 59_000)).toEqual(claimsOf(startMs));
    expect(await at(startMs + 60_000)).toBeUndefined();
  });

  it('survive a rotation as long as their key is among the keys', async () => {
    const old = await createTokens([one], 60, clock(startMs)).issue(issued);
    const fresh = await createTokens([two, one], 60, clock(startMs)).issue(issued);
    const verify = (keys: TokenKey[], token: string) => createTokens(keys, 60, clock(startMs)).verify(token);
    expect(await verify([two, one], old)).toEqual(claimsOf(startMs));
    expect(await verify([two], old)).toBeUndefined();
    expect(await verify([two], fresh)).toEqual(claimsOf(startMs));
  });

  const claims = () =>
    new SignJWT({ login: issued.loginKey, generation: 3 })
      .setJti('t-1')
      .setSubject(account)
      .setIssuer('gophermart')
      .setAudience('gophermart/portal')
      .setExpirationTime(startMs / 1_000 + 60);
  const header = { alg: 'HS256', kid: 'one' };

  it.each<[string, () => Promise<string> | string]>([
    ['nothing', () => ''],
    ['nonsense', () => 'a.b.c'],
    ['a token that is too long', () => 'x'.repeat(10_000)],
    [
      'another algorithm',
      () =>
        claims()
          .setProtectedHeader({ ...header, alg: 'HS512' })
          .sign(new Uint8Array(64).fill(1)),
    ],
    [
      'no signature',
      () =>
        new UnsecuredJWT()
          .setSubject(account)
          .setIssuer('gophermart')
          .setAudience('gophermart/portal')
          .encode(),
    ],
    [
      'an unknown key id',
      () =>
        claims()
          .setProtectedHeader({ ...header, kid: 'three' })
          .sign(one.secret),
    ],
    ['no key id', () => claims().setProtectedHeader({ alg: 'HS256' }).sign(one.secret)],
    ['another key', () => claims().setProtectedHeader(header).sign(two.secret)],
    ['another issuer', () => claims().setIssuer('x').setProtectedHeader(header).sign(one.secret)],
    ['another audience', () => claims().setAudience('x').setProtectedHeader(header).sign(one.secret)],
    ['an odd subject', () => claims().setSubject('../x').setProtectedHeader(header).sign(one.secret)],
    [
      'no login',
      () =>
        new SignJWT({ generation: 3 })
          .setJti('t-1')
          .setSubject(account)
          .setIssuer('gophermart')
          .setAudience('gophermart/portal')
          .setExpirationTime(startMs / 1_000 + 60)
          .setProtectedHeader(header)
          .sign(one.secret),
    ],
    [
      'no expiry',
      () =>
        new SignJWT({ login: issued.loginKey, generation: 3 })
          .setJti('t-1')
          .setSubject(account)
          .setIssuer('gophermart')
          .setAudience('gophermart/portal')
          .setProtectedHeader(header)
          .sign(one.secret),
    ],
  ])('are refused: %s', async (_name, make) => {
    const tokens = createTokens([one], 60, clock(startMs));
    expect(await tokens.verify(await make())).toBeUndefined();
  });

  it('are accepted when they differ in none of these', async () => {
    const token = await claims().setProtectedHeader(header).sign(one.secret);
    expect(await createTokens([one], 60, clock(startMs)).verify(token)).toEqual(claimsOf(startMs));
  });
});

describe('the file of token keys', () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'token-keys-'))));
  afterAll(() => rmSync(folder, { recursive: true }));
  const written = (content: unknown): string => {
    const path = join(folder, 'keys.json');
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };
  const secret = Buffer.alloc(32, 5).toString('base64url');

  it('gives the keys in their order', () => {
    const keys = readTokenKeys(
      written({
        keys: [
          { kid: 'b', secret },
          { kid: 'a', secret },
        ],
      }),
    );
    expect(keys.map(({ kid }) => kid)).toEqual(['b', 'a']);
    expect(keys[0]?.secret).toEqual(new Uint8Array(32).fill(5));
  });

  it.each([
    ['empty', ''],
    ['not JSON', '{'],
    ['of another shape', { key: secret }],
    ['without keys', { keys: [] }],
    ['with a short secret', { keys: [{ kid: 'a', secret: 'abcd' }] }],
    ['with a secret that is not base64url', { keys: [{ kid: 'a', secret: '!'.repeat(44) }] }],
    [
      'with a key id twice',
      {
        keys: [
          { kid: 'a', secret },
          { kid: 'a', secret },
        ],
      },
    ],
  ])('is refused in one sentence when it is %s', (_name, content) => {
    expect(() => readTokenKeys(written(content))).toThrow(ConfigError);
    expect(() => readTokenKeys(written(content))).toThrow(/^The file of token keys [^\n]*\.$/);
  });

  it('is refused in one sentence when it is missing', () => {
    expect(() => readTokenKeys(join(folder, 'nothing.json'))).toThrow(/cannot be read\.$/);
  });
});
