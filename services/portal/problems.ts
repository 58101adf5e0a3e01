import type { Slug } from '../shared/refusal';

type PortalSlug =
  | 'malformed_request'
  | 'invalid_idempotency_key'
  | 'unauthorized'
  | 'foreign_origin'
  | 'too_many_requests'
  | 'overloaded'
  | 'wrong_credentials'
  | 'login_taken'
  | 'not_found'
  | 'method_not_allowed'
  | 'unsupported_encoding'
  | 'internal'
  | 'unavailable'
  | 'not_ready';

export type ProblemSlug = Slug | PortalSlug;

/** Every refusal that a client can meet: its HTTP status, and a sentence that helps. */
export const problemTable: Readonly<Record<ProblemSlug, readonly [status: number, title: string]>> = {
  malformed_request: [400, 'The request is not of the form that this call takes.'],
  invalid_request: [400, 'The request holds a value that this call does not take.'],
  invalid_amount: [400, 'The sum must be a number above zero with at most two decimals.'],
  invalid_cursor: [400, 'The cursor is not one that this list has given out.'],
  invalid_idempotency_key: [400, 'An Idempotency-Key is 1 to 255 visible ASCII characters.'],
  unauthorized: [401, 'Log in first: send the token in the Authorization header or the session cookie.'],
  wrong_credentials: [401, 'The login or the password is wrong.'],
  insufficient_points: [402, 'There are not enough points in the account.'],
  foreign_origin: [403, 'A page of another origin may not do this with the session cookie.'],
  not_found: [404, 'There is nothing at this address.'],
  order_not_found: [404, 'There is no such order among yours.'],
  entry_not_found: [404, 'There is no such entry in the account.'],
  hold_not_found: [404, 'There is no such hold in the account.'],
  method_not_allowed: [405, 'This address does not take this method; the Allow header names those it takes.'],
  login_taken: [409, 'This login is taken; choose another.'],
  order_of_another: [409, 'This order has been uploaded by another customer.'],
  not_reversible: [409, 'Only an accrual or a withdrawal can be reversed.'],
  hold_ended: [409, 'The hold has been captured or released.'],
  too_many_holds: [409, 'The account has as many open holds as it may have.'],
  too_large: [413, 'The request body is too large.'],
  unsupported_encoding: [415, 'The request body may be plain or compressed with gzip, deflate or br.'],
  invalid_order_number: [422, 'An order number is 1 to 64 digits that pass the Luhn check.'],
  operation_reused: [422, 'This Idempotency-Key has been used for another withdrawal.'],
  too_many_requests: [429, 'Too many requests; the Retry-After header says when to go on.'],
  internal: [500, 'The request could not be handled.'],
  unavailable: [503, 'This cannot be done right now; try again a little later.'],
  overloaded: [503, 'Too many requests are under way; try again a little later.'],
  not_ready: [503, 'The service cannot take requests right now.'],
};

/** How long a client should wait after a 503: about as long as an open breaker stays open. */
export const RETRY_AFTER_SECONDS = 2;

/** A refusal on its way to the client, thrown by a handler and written by the application's last one. */
export class Problem extends Error {
  constructor(
    readonly slug: ProblemSlug,
    /** What is wrong with this very request, where the title does not say it. */
    readonly detail?: string,
    /** Further members of the answer, e.g. what is not ready. */
    readonly members: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail ?? slug);
  }

  get status(): number {
    return problemTable[this.slug][0];
  }

  /** The headers that belong to the status. */
  get headers(): Readonly<Record<string, string>> {
    if (this.status === 401) return { 'WWW-Authenticate': 'Bearer' };
    if (this.status === 503) return { 'Retry-After': String(RETRY_AFTER_SECONDS) };
    return {};
  }

  /** The answer's body: RFC 9457, with the slug as the part that programs may rely on. */
  body(requestId: string): Record<string, unknown> {
    const [status, title] = problemTable[this.slug];
    return {
      type: `urn:gophermart:problem:${this.slug}`,
      title,
      status,
      slug: this.slug,
      ...(this.detail === undefined ? {} : { detail: this.detail }),
      request_id: requestId,
      ...this.members,
    };
  }
}

/** The limit of requests is reached. @param retryAfterSeconds when the next one is taken */
export class TooManyRequests extends Problem {
  constructor(private readonly retryAfterSeconds: number) {
    super('too_many_requests');
  }

  override get headers(): Readonly<Record<string, string>> {
    return { 'Retry-After': String(this.retryAfterSeconds) };
  }
}
