import type { z } from 'zod';
import type { ProblemSlug } from '../problems';
import * as schemas from './schemas';

/**
 * The public API, operation by operation. http.ts serves exactly these (the compiler sees to it), openapi.ts
 * writes docs/openapi.yaml from them.
 */

export interface Parameter {
  in: 'path' | 'query' | 'header';
  name: string;
  description: string;
  schema: Record<string, unknown>;
}

export interface Answer {
  description: string;
  mediaType?: string;
  body?: z.ZodType;
  headers?: readonly HeaderName[];
}

export interface Operation {
  tag: 'Account' | 'Orders' | 'Points' | 'Service';
  summary: string;
  description?: string;
  /** Only for customers who are logged in. */
  session?: boolean;
  parameters?: readonly Parameter[];
  /** By media type. */
  body?: Readonly<Record<string, z.ZodType>>;
  answers: Readonly<Record<number, Answer>>;
  /** Beside those that `problemsOf` adds. */
  problems?: readonly ProblemSlug[];
}

/** Headers of answers. */
export const headers = {
  Authorization: 'The token, to be sent back as it is.',
  'Set-Cookie': 'The token for browsers: HttpOnly, SameSite=Strict, Path=/.',
  'Consistency-Token': 'What the next read must show, for deployments with several portals. Opaque.',
  Consistency: '“lagging” when the answer may miss the customer’s last writes.',
  'Idempotency-Replayed': '“true” when an earlier request with the same key had booked the withdrawal.',
  'Next-Cursor': 'The cursor of the next page; absent on the last.',
  Link: 'The address of the next page, with rel="next" (RFC 8288); absent on the last.',
} as const;
export type HeaderName = keyof typeof headers;

const consistencyToken: Parameter = {
  in: 'header',
  name: 'Consistency-Token',
  description: 'From the answer to the last write. Optional; ignored when it is malformed.',
  schema: { type: 'string' },
};

const idempotencyKey: Parameter = {
  in: 'header',
  name: 'Idempotency-Key',
  description:
    'Makes it safe to send the withdrawal again: the same key and body return the first result, the same key with another body is refused. Kept for ever.',
  schema: {
    type: 'string',
    pattern: '^[\\x21-\\x7e]{1,255}$',
    examples: ['8e03978e-40d5-43dd-bc93-6894a57f9324'],
  },
};

const page = (withoutLimit: string): readonly Parameter[] => [
  {
    in: 'query',
    name: 'limit',
    description: `How many at most. ${withoutLimit}`,
    schema: { type: 'integer', minimum: 1, maximum: 500 },
  },
  {
    in: 'query',
    name: 'cursor',
    description: 'Where to go on: the cursor of the page before. Opaque; good for this list only.',
    schema: { type: 'string', minLength: 1, maxLength: 512 },
  },
  consistencyToken,
];

const ALL = 'Without it the answer holds the whole list.';
const loggedIn = ['Authorization', 'Set-Cookie'] as const;
const listed = ['Next-Cursor', 'Link', 'Consistency'] as const;

export const operations = {
  'POST /api/user/register': {
    tag: 'Account',
    summary: 'Register',
    description: 'The customer is logged in at once.',
    body: { 'application/json': schemas.credentials },
    answers: { 200: { description: 'Registered and logged in.', headers: loggedIn } },
    problems: ['login_taken', 'unavailable'],
  },
  'POST /api/user/login': {
    tag: 'Account',
    summary: 'Log in',
    body: { 'application/json': schemas.credentials },
    answers: { 200: { description: 'Logged in.', headers: loggedIn } },
    problems: ['wrong_credentials', 'unavailable'],
  },
  'POST /api/user/logout': {
    tag: 'Account',
    summary: 'Log out',
    description: 'Ends this session: its token is not good any more, here and on every other portal.',
    session: true,
    answers: { 200: { description: 'Logged out.', headers: ['Set-Cookie'] } },
  },
  'POST /api/user/password': {
    tag: 'Account',
    summary: 'Change the password',
    description: 'Ends all other sessions; this one goes on with the token of the answer.',
    session: true,
    body: { 'application/json': schemas.passwordChange },
    answers: { 200: { description: 'Changed.', headers: loggedIn } },
    problems: ['wrong_credentials'],
  },
  'POST /api/user/orders': {
    tag: 'Orders',
    summary: 'Upload the number of an order',
    session: true,
    body: { 'text/plain': schemas.orderText, 'application/json': schemas.orderUpload },
    answers: {
      200: { description: 'The customer had uploaded it before.', headers: ['Consistency-Token'] },
      202: { description: 'Taken; its points are being worked out.', headers: ['Consistency-Token'] },
    },
    problems: ['order_of_another', 'invalid_order_number'],
  },
  'GET /api/user/orders': {
    tag: 'Orders',
    summary: 'List the orders, newest first',
    session: true,
    parameters: page(ALL),
    answers: {
      200: { description: 'Orders.', body: schemas.orders, headers: listed },
      204: { description: 'There are none.', headers: ['Consistency'] },
    },
    problems: ['invalid_cursor'],
  },
  'GET /api/user/orders/{number}': {
    tag: 'Orders',
    summary: 'One order, with its history',
    session: true,
    parameters: [
      {
        in: 'path',
        name: 'number',
        description: 'The number of the order.',
        schema: { type: 'string', minLength: 1, examples: ['12345678903'] },
      },
      consistencyToken,
    ],
    answers: { 200: { description: 'The order.', body: schemas.orderWithHistory, headers: ['Consistency'] } },
    problems: ['order_not_found'],
  },
  'GET /api/user/balance': {
    tag: 'Points',
    summary: 'The points',
    session: true,
    parameters: [consistencyToken],
    answers: {
      200: {
        description: 'What there is, and what was withdrawn.',
        body: schemas.balance,
        headers: ['Consistency'],
      },
    },
  },
  'POST /api/user/balance/withdraw': {
    tag: 'Points',
    summary: 'Pay for an order with points',
    description: 'The order need not be one that was uploaded.',
    session: true,
    parameters: [idempotencyKey],
    body: { 'application/json': schemas.withdrawal },
    answers: { 200: { description: 'Withdrawn.', headers: ['Consistency-Token', 'Idempotency-Replayed'] } },
    problems: [
      'invalid_amount',
      'invalid_idempotency_key',
      'insufficient_points',
      'invalid_order_number',
      'operation_reused',
    ],
  },
  'GET /api/user/withdrawals': {
    tag: 'Points',
    summary: 'List the withdrawals, newest first',
    session: true,
    parameters: page(ALL),
    answers: {
      200: { description: 'Withdrawals.', body: schemas.withdrawals, headers: listed },
      204: { description: 'There are none.', headers: ['Consistency'] },
    },
    problems: ['invalid_cursor'],
  },
  'GET /api/user/statement': {
    tag: 'Points',
    summary: 'Every entry of the account with the balance after it, newest first',
    session: true,
    parameters: page('By default 100.'),
    answers: {
      200: {
        description: 'A page of entries; none in an empty account.',
        body: schemas.statement,
        headers: listed,
      },
    },
    problems: ['invalid_cursor'],
  },
  'GET /api/user/events': {
    tag: 'Orders',
    summary: 'What changes, as it changes',
    description:
      'Server-sent events, as long as the session lasts. An event `changes` holds the orders that look different and the balance; with `reset` there is more to it: read the lists anew. Its id is good as `Last-Event-ID`. At most 8 streams for each customer.',
    session: true,
    parameters: [
      {
        in: 'header',
        name: 'Last-Event-ID',
        description: 'The id of the last event seen; browsers send it when they connect again.',
        schema: { type: 'string', examples: ['17'] },
      },
    ],
    answers: {
      200: { description: 'Events, without end.', mediaType: 'text/event-stream', body: schemas.eventStream },
    },
  },
  'GET /api/order': {
    tag: 'Service',
    summary: 'The number of an order that somebody has just paid for',
    description: 'For demonstrations.',
    answers: { 200: { description: 'A number.', mediaType: 'text/plain', body: schemas.orderNumberText } },
    problems: ['unavailable'],
  },
  'GET /healthz': {
    tag: 'Service',
    summary: 'Whether the process is well',
    answers: { 200: { description: 'It is.', body: schemas.health } },
  },
  'GET /readyz': {
    tag: 'Service',
    summary: 'Whether the portal can serve',
    answers: { 200: { description: 'It can.', body: schemas.readiness } },
    problems: ['not_ready'],
  },
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof operations;
export const operationNames = Object.keys(operations) as OperationName[];

export function operationOf(name: OperationName): Operation {
  return operations[name];
}

/** `GET /api/user/orders/{number}` → its method in lower case and its path. */
export function addressOfOperation(name: OperationName): { method: 'get' | 'post'; path: string } {
  const [method, path = ''] = name.split(' ');
  return { method: method === 'POST' ? 'post' : 'get', path };
}

/** Every refusal of an operation: its own, and those of what it passes on its way. */
export function problemsOf(name: OperationName): ProblemSlug[] {
  const { session, body, parameters = [], problems = [] } = operationOf(name);
  const { method, path } = addressOfOperation(name);
  const added: ProblemSlug[] = [];
  if (body) added.push('malformed_request', 'too_large', 'unsupported_encoding');
  if (parameters.some((parameter) => parameter.in === 'query')) added.push('malformed_request');
  if (session) added.push('unauthorized', 'unavailable');
  if (session && method === 'post') added.push('foreign_origin');
  if (path.startsWith('/api/')) added.push('too_many_requests', 'overloaded');
  return [...new Set([...problems, ...added])];
}
