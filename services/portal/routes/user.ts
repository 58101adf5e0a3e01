import type { CookieOptions, RequestHandler } from 'express';
import { addressOf } from '../guards';
import type { PortalPorts } from '../http';
import { Problem } from '../problems';
import { bodyOf } from '../request-body';
import { parseCredentials, parsePasswordChange } from '../requests';
import { forgetSession, openSession, sessionOf } from '../session';
import type { Sessions } from '../sessions';

type Ports = Pick<PortalPorts, 'logins' | 'billing' | 'passwords' | 'rateLimits' | 'newId' | 'now' | 'log'>;

/** POST /api/user/register. Refuses with login_taken. */
export function register(ports: Ports, sessions: Sessions, cookies: CookieOptions): RequestHandler {
  const { logins, passwords, newId, now } = ports;
  return async (request, response) => {
    const { loginKey, password } = parseCredentials(bodyOf(request));
    // spares a taken login the cost of a hash; who comes first is decided by the claim
    if (await logins.find(loginKey)) throw new Problem('login_taken');
    const record = {
      accountId: newId(),
      passwordHash: await passwords.hash(password),
      createdAt: new Date(now()).toISOString(),
      generation: 1,
      ended: [],
    };
    if (!(await logins.claim(loginKey, record))) throw new Problem('login_taken');
    await openAccount(ports, record.accountId);
    await openSession(response, sessions, { key: loginKey, record }, cookies);
    response.status(200).end();
  };
}

/** POST /api/user/login. Refuses with wrong_credentials, alike for an unknown login and a wrong password. */
export function login(ports: Ports, sessions: Sessions, cookies: CookieOptions): RequestHandler {
  const { logins, passwords, rateLimits } = ports;
  return async (request, response) => {
    const { loginKey, password } = parseCredentials(bodyOf(request));
    const takeGuessBack = await rateLimits.guess(addressOf(request), loginKey);
    const record = await logins.find(loginKey);
    const fits = await passwords.fits(password, record?.passwordHash);
    if (!record || !fits) throw new Problem('wrong_credentials');
    await takeGuessBack();
    void openAccount(ports, record.accountId);
    await openSession(response, sessions, { key: loginKey, record }, cookies);
    response.status(200).end();
  };
}

/** The login is the customer's by now, so that this fails no request: what it leaves undone, the next login does. */
async function openAccount({ billing, log }: Ports, accountId: string): Promise<void> {
  try {
    await billing.openAccount(accountId);
  } catch (error) {
    log.warn({ err: error, account: accountId }, 'the account is not in the register yet');
  }
}

/** POST /api/user/logout: ends this session. */
export function logout(sessions: Sessions, cookies: CookieOptions): RequestHandler {
  return async (_request, response) => {
    await sessions.end(sessionOf(response));
    forgetSession(response, cookies);
    response.status(200).end();
  };
}

/** POST /api/user/password: ends all other sessions. Refuses with wrong_credentials. */
export function changePassword(ports: Ports, sessions: Sessions, cookies: CookieOptions): RequestHandler {
  const { logins, passwords, rateLimits } = ports;
  return async (request, response) => {
    const { loginKey } = sessionOf(response);
    const { current, replacement } = parsePasswordChange(bodyOf(request));
    const takeGuessBack = await rateLimits.guess(addressOf(request), loginKey);
    const known = await logins.find(loginKey);
    const fits = await passwords.fits(current, known?.passwordHash);
    if (!known || !fits) throw new Problem('wrong_credentials');
    await takeGuessBack();
    const record = await sessions.replacePassword(loginKey, known, await passwords.hash(replacement));
    if (!record) throw new Problem('wrong_credentials');
    await openSession(response, sessions, { key: loginKey, record }, cookies);
    response.status(200).end();
  };
}
