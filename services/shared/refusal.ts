import { Metadata, status, type ServiceError } from '@grpc/grpc-js';

/** What a service may refuse, and the gRPC status in which the refusal travels; the slug is in the metadata. */
const grpcStatus = {
  invalid_request: status.INVALID_ARGUMENT,
  invalid_order_number: status.INVALID_ARGUMENT,
  invalid_amount: status.INVALID_ARGUMENT,
  invalid_cursor: status.INVALID_ARGUMENT,
  too_large: status.INVALID_ARGUMENT,
  order_of_another: status.ALREADY_EXISTS,
  operation_reused: status.ALREADY_EXISTS,
  order_not_found: status.NOT_FOUND,
  entry_not_found: status.NOT_FOUND,
  hold_not_found: status.NOT_FOUND,
  insufficient_points: status.FAILED_PRECONDITION,
  not_reversible: status.FAILED_PRECONDITION,
  hold_ended: status.FAILED_PRECONDITION,
  too_many_holds: status.FAILED_PRECONDITION,
} as const;

export type Slug = keyof typeof grpcStatus;

/** A decision's answer to its caller: a refusal is a value, never an exception. */
export type Outcome<T extends object> = ({ ok: true } & T) | { ok: false; slug: Slug };

export const refuse = (slug: Slug): { ok: false; slug: Slug } => ({ ok: false, slug });

export function isSlug(text: unknown): text is Slug {
  return typeof text === 'string' && Object.hasOwn(grpcStatus, text);
}

const SLUG_KEY = 'slug';
/** How grpc-js begins when a message is longer than its channel may send. */
const NOT_SENT = 'Attempted to send message';

/** A refusal on its way out of a gRPC handler. */
export class Refusal extends Error {
  readonly code: status;
  readonly metadata = new Metadata();
  constructor(
    readonly slug: Slug,
    readonly details: string = slug,
  ) {
    super(details);
    this.code = grpcStatus[slug];
    this.metadata.set(SLUG_KEY, slug);
  }
}

/**
 * The slug in a failed call's trailing metadata, or too_large for a request that our own channel refused to send;
 * undefined when the call failed for another reason.
 */
export function slugOf(error: Partial<ServiceError>): Slug | undefined {
  if (error.code === status.RESOURCE_EXHAUSTED && error.details?.startsWith(NOT_SENT)) return 'too_large';
  const slug = error.metadata?.get(SLUG_KEY)[0];
  return isSlug(slug) ? slug : undefined;
}
