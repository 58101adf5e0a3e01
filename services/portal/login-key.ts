import { createHash } from 'node:crypto';

/** SHA-256, in hex. */
export const LOGIN_KEY = /^[0-9a-f]{64}$/;

/**
 * Under what a login is kept and by what a token names it: what customers type becomes part of no key.
 * @param login normalised
 */
export function loginKey(login: string): string {
  return createHash('sha256').update(login).digest('hex');
}
