import { readFileSync } from 'node:fs';
import { jwtVerify, SignJWT, type JWTHeaderParameters } from 'jose';
import { z } from 'zod';
import { ConfigError } from '../shared/config';
import { accountId } from '../shared/events/schemas';
import { LOGIN_KEY } from './login-key';

const ALGORITHM = 'HS256';
const ISSUER = 'gophermart';
const AUDIENCE = 'gophermart/portal';
const MAX_TOKEN_LENGTH = 2_048;
const SECRET_BYTES = 32;

export interface TokenKey {
  kid: string;
  secret: Uint8Array;
}

/** What a token says, by itself. */
export interface Claims {
  accountId: string;
  /** Under which login's record stands whether the token is still good. */
  loginKey: string;
  generation: number;
  tokenId: string;
  expiresAtMs: number;
}

export interface Tokens {
  /** How long a new token is good for. */
  readonly ttlSeconds: number;
  issue(claims: Omit<Claims, 'expiresAtMs'>): Promise<string>;
  /** @returns undefined for whatever is not a valid token of ours */
  verify(token: string): Promise<Claims | undefined>;
}

/** sub, jti and exp are JWT's own (RFC 7519); login and generation are ours. */
const payloadSchema = z
  .object({
    sub: accountId,
    jti: z.string().min(1).max(64),
    exp: z.number(),
    login: z.string().regex(LOGIN_KEY),
    generation: z.number().int().min(1),
  })
  .transform(({ sub, jti, exp, login, generation }): Claims => ({
    accountId: sub,
    loginKey: login,
    generation,
    tokenId: jti,
    expiresAtMs: exp * 1_000,
  }));

const keysFile = z.object({
  keys: z
    .array(
      z.object({
        kid: z.string().regex(/^[\w.-]{1,64}$/),
        secret: z
          .string()
          .regex(/^[\w-]+$/)
          .transform((text) => new Uint8Array(Buffer.from(text, 'base64url')))
          .refine((bytes) => bytes.length >= SECRET_BYTES),
      }),
    )
    .min(1)
    .max(16)
    .refine((keys) => new Set(keys.map((key) => key.kid)).size === keys.length),
});

/**
 * The keys that tokens are signed with: {"keys": [{"kid": "...", "secret": base64url of 32 bytes or more}]}.
 * @throws ConfigError when the file is not there or not of that form
 */
export function readTokenKeys(path: string): TokenKey[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new ConfigError(`The file of token keys ${path} (TOKEN_KEYS_FILE) cannot be read.`);
  }
  const parsed = keysFile.safeParse(parsedOrNothing(text));
  if (parsed.success) return parsed.data.keys;
  throw new ConfigError(
    `The file of token keys ${path} (TOKEN_KEYS_FILE) must be {"keys": [{"kid": "...", "secret": "..."}]}, ` +
      `each kid once, each secret base64url of at least ${SECRET_BYTES} bytes.`,
  );
}

/**
 * Tokens are JWTs. The first key signs, all of them verify: to rotate, put a new one first and take the old
 * one away after the time to live.
 * @param now epoch milliseconds
 */
export function createTokens(keys: readonly TokenKey[], ttlSeconds: number, now: () => number): Tokens {
  const [signing] = keys;
  if (signing === undefined) throw new ConfigError('There is no key to sign tokens with.');
  const secrets = new Map(keys.map((key) => [key.kid, key.secret]));

  const secretOf = ({ kid }: JWTHeaderParameters): Uint8Array => {
    const secret = secrets.get(kid ?? '');
    if (secret === undefined) throw new Error('unknown key');
    return secret;
  };

  return {
    ttlSeconds,
    issue: ({ accountId, loginKey, generation, tokenId }) => {
      const nowSeconds = Math.floor(now() / 1_000);
      return new SignJWT({ login: loginKey, generation })
        .setProtectedHeader({ alg: ALGORITHM, kid: signing.kid })
        .setSubject(accountId)
        .setJti(tokenId)
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setIssuedAt(nowSeconds)
        .setExpirationTime(nowSeconds + ttlSeconds)
        .sign(signing.secret);
    },
    verify: async (token) => {
      if (token.length > MAX_TOKEN_LENGTH) return undefined;
      try {
        const { payload } = await jwtVerify(token, secretOf, {
          algorithms: [ALGORITHM],
          issuer: ISSUER,
          audience: AUDIENCE,
          requiredClaims: ['exp', 'sub'],
          currentDate: new Date(now()),
        });
        return payloadSchema.safeParse(payload).data;
      } catch {
        return undefined;
      }
    },
  };
}

function parsedOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
