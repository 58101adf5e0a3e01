import type { CookieOptions, Request, RequestHandler, Response } from 'express';
import type { LoginRecord } from './ports';
import { Problem } from './problems';
import type { Sessions } from './sessions';
import type { Claims } from './tokens';

const SESSION_COOKIE = 'gophermart_session';
const MAX_COOKIES = 64;

/** Who asks, and how they showed it. */
export interface Session extends Claims {
  via: 'header' | 'cookie';
}

/** The token a request brings: the Authorization header, with or without "Bearer", before the cookie. */
export function tokenOf(
  authorization: string | undefined,
  cookies: string | undefined,
): { token: string; via: Session['via'] } | undefined {
  const fromHeader = (authorization ?? '').trim().replace(/^bearer(\s+|$)/i, '');
  if (fromHeader !== '') return { token: fromHeader, via: 'header' };
  const fromCookie = cookieOf(cookies, SESSION_COOKIE);
  return fromCookie ? { token: fromCookie, via: 'cookie' } : undefined;
}

/** The value of a cookie in a Cookie header (RFC 6265, section 4.2.1); ours need no unescaping. */
export function cookieOf(cookies: string | undefined, name: string): string | undefined {
  return (cookies ?? '')
    .split(';', MAX_COOKIES)
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);
}

/** How cookies are set. `secure` only when the deployment says TLS, so that plain local clients keep them. */
export function cookieOptions(secure: boolean): CookieOptions {
  return { httpOnly: true, sameSite: 'strict', path: '/', secure };
}

/** Lets only customers pass: the account id comes from the token and from nowhere else. */
export function requireSession(sessions: Sessions): RequestHandler {
  return async (request, response, next) => {
    const found = tokenOf(request.headers.authorization, request.headers.cookie);
    const claims = found && (await sessions.verify(found.token));
    if (claims === undefined) throw new Problem('unauthorized');
    response.locals.session = { ...claims, via: found?.via ?? 'header' } satisfies Session;
    next();
  };
}

/** The session of a request that has passed `requireSession`. */
export function sessionOf(response: Response): Session {
  return response.locals.session as Session;
}

/** Logs the customer in: the token goes out as header, to be sent back verbatim, and as cookie. */
export async function openSession(
  response: Response,
  sessions: Sessions,
  login: { key: string; record: LoginRecord },
  cookies: CookieOptions,
): Promise<void> {
  const token = await sessions.open(login.key, login.record);
  response.set('Authorization', `Bearer ${token}`);
  response.cookie(SESSION_COOKIE, token, { ...cookies, maxAge: sessions.ttlSeconds * 1_000 });
}

/** Takes the session's cookie back from the browser. */
export function forgetSession(response: Response, cookies: CookieOptions): void {
  response.clearCookie(SESSION_COOKIE, cookies);
}

/** A header of which a request may hold only one. */
export function singleHeader(request: Request, name: string): string | undefined {
  const value = request.headers[name.toLowerCase()];
  return Array.isArray(value) ? value.join(', ') : value;
}
