import type { CookieOptions, RequestHandler } from 'express';
import type { PortalPorts } from '../http';
import { Problem } from '../problems';
import { bodyOf } from '../request-body';
import { parseCredentials } from '../requests';
import { openSession } from '../session';

type Ports = Pick<PortalPorts, 'logins' | 'passwords' | 'tokens' | 'newId' | 'now'>;

/** POST /api/user/register. Refuses with login_taken. */
export function register(ports: Ports, cookies: CookieOptions): RequestHandler {
  const { logins, passwords, tokens, newId, now } = ports;
  return async (request, response) => {
    const { login, password } = parseCredentials(bodyOf(request));
    // spares a taken login the cost of a hash; who comes first is decided by the claim
    if (await logins.find(login)) throw new Problem('login_taken');
    const accountId = newId();
    const record = {
      accountId,
      passwordHash: await passwords.hash(password),
      createdAt: new Date(now()).toISOString(),
    };
    if (!(await logins.claim(login, record))) throw new Problem('login_taken');
    await openSession(response, tokens, accountId, cookies);
    response.status(200).end();
  };
}

/** POST /api/user/login. Refuses with wrong_credentials, alike for an unknown login and a wrong password. */
export function login(ports: Ports, cookies: CookieOptions): RequestHandler {
  const { logins, passwords, tokens } = ports;
  return async (request, response) => {
    const given = parseCredentials(bodyOf(request));
    const record = await logins.find(given.login);
    const fits = await passwords.fits(given.password, record?.passwordHash);
    if (!record || !fits) throw new Problem('wrong_credentials');
    await openSession(response, tokens, record.accountId, cookies);
    response.status(200).end();
  };
}
