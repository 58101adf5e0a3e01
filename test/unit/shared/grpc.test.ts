import { credentials, Metadata, Server, ServerCredentials, status, type ServiceError } from '@grpc/grpc-js';
import * as billing from '../../../services/gen/gophermart/billing/v1/billing';
import { unary, type CallContext } from '../../../services/shared/grpc';
import { createLogger } from '../../../services/shared/log';
import { isSlug, Refusal, slugOf, type Slug } from '../../../services/shared/refusal';

type Handle = (
  request: billing.CreateOrderRequest,
  context: CallContext,
) => Promise<billing.CreateOrderResponse>;

let handle: Handle;
const server = new Server();
let client: billing.BillingServiceClient;

beforeAll(async () => {
  const method = unary<billing.CreateOrderRequest, billing.CreateOrderResponse>(
    createLogger('test', 'silent'),
    (request, context) => handle(request, context),
  );
  server.addService(billing.UnimplementedBillingServiceService.definition, { CreateOrder: method });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  client = new billing.BillingServiceClient(`127.0.0.1:${port}`, credentials.createInsecure());
});

afterAll(() => {
  client.close();
  server.forceShutdown();
});

const call = (deadlineMs?: number) =>
  client.CreateOrder(
    new billing.CreateOrderRequest(),
    new Metadata(),
    deadlineMs === undefined ? {} : { deadline: deadlineMs },
  );
const failed = (): Promise<ServiceError> =>
  call().then(
    () => Promise.reject(new Error('it did not fail')),
    (error: ServiceError) => error,
  );

test.each<[Slug, status]>([
  ['invalid_request', status.INVALID_ARGUMENT],
  ['too_large', status.INVALID_ARGUMENT],
  ['order_of_another', status.ALREADY_EXISTS],
  ['operation_reused', status.ALREADY_EXISTS],
  ['order_not_found', status.NOT_FOUND],
  ['insufficient_points', status.FAILED_PRECONDITION],
])('the refusal %s reaches its caller with its slug', async (slug, code) => {
  handle = () => Promise.reject(new Refusal(slug, 'in words'));
  const error = await failed();
  expect([slugOf(error), error.code, error.details]).toEqual([slug, code, 'in words']);
});

test('a fault reaches its caller as UNAVAILABLE, without its words', async () => {
  handle = () => Promise.reject(new Error('SELECT secret FROM table'));
  const error = await failed();
  expect([slugOf(error), error.code]).toEqual([undefined, status.UNAVAILABLE]);
  expect(error.message).not.toContain('secret');
});

test('the caller’s deadline reaches the handler; without one, or with a far one, it has ten seconds', async () => {
  const seen: number[] = [];
  handle = async (_request, { deadlineMs }) => {
    seen.push(deadlineMs - Date.now());
    return new billing.CreateOrderResponse();
  };
  await call(Date.now() + 2_000);
  await call(Date.now() + 60_000);
  await call();
  expect(seen[0]).toBeGreaterThan(1_000);
  expect(seen[0]).toBeLessThanOrEqual(2_001);
  for (const leftMs of seen.slice(1)) {
    expect(leftMs).toBeGreaterThan(9_000);
    expect(leftMs).toBeLessThanOrEqual(10_000);
  }
});

test('what is no slug', () => {
  const unknown = new Metadata();
  unknown.set('slug', 'constructor');
  expect([slugOf({}), slugOf({ metadata: unknown })]).toEqual([undefined, undefined]);
  expect([isSlug('constructor'), isSlug(undefined), isSlug('too_large')]).toEqual([false, false, true]);
});
