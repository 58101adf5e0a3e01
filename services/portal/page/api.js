/** The portal's API, as the page uses it: by the session cookie. */

/** The portal, or the way to it, has said no. Its message is for the person in front of the page. */
export class Refused extends Error {
  /**
   * @param {string} message
   * @param {number} status 0: the portal could not be reached
   */
  constructor(message, status) {
    super(message);
    this.status = status;
  }

  /** The session has ended, or there was none. */
  get loggedOut() {
    return this.status === 401;
  }

  /** Whether it was done is not known; the same request may be sent again. */
  get unknown() {
    return this.status === 0 || this.status >= 500;
  }
}

/**
 * @param {string} path
 * @param {RequestInit} [init]
 * @returns {Promise<Response>}
 * @throws {Refused}
 */
export async function call(path, init) {
  const response = await fetch(path, init).catch(() => {
    throw new Refused('Gophermart cannot be reached. Look at your connection, and try again.', 0);
  });
  if (!response.ok) throw await refusalOf(response);
  return response;
}

/**
 * @param {string} path
 * @param {object} body
 * @param {Record<string, string>} [headers]
 */
export const post = (path, body, headers = {}) =>
  call(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

/** @param {string} number */
export const uploadOrder = (number) =>
  call('/api/user/orders', { method: 'POST', headers: { 'Content-Type': 'text/plain' }, body: number });

/** @returns {Promise<string>} the number of an order that somebody has just paid for */
export const demoNumber = async () => (await call('/api/order')).text();

/** @typedef {{ current: number, withdrawn: number }} Balance */

/** @returns {Promise<Balance>} */
export const readBalance = async () => (await call('/api/user/balance')).json();

/** @param {Response} response a problem (RFC 9457), or what a proxy says instead */
async function refusalOf(response) {
  const problem = await response.json().catch(() => ({}));
  const title = problem.title ?? `That did not work (${response.status}).`;
  const seconds = response.headers.get('Retry-After');
  const again = response.status === 429 && seconds ? ` Try again in ${seconds} s.` : '';
  const detail = problem.detail ? ` ${problem.detail}` : '';
  return new Refused(
    response.status === 429 ? `That was too often.${again}` : title + detail,
    response.status,
  );
}
