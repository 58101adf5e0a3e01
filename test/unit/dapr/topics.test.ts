import { Server, ServerCredentials, credentials, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { Registry } from 'prom-client';
import * as dapr from '../../../services/gen/dapr/proto/runtime/v1/runtime';
import { MAX_BODY_BYTES } from '../../../services/shared/dapr/runtime';
import { DeadLetter, on, type Subscription } from '../../../services/shared/dapr/subscription';
import { TopicConsumer } from '../../../services/shared/dapr/topics';
import { newEvent } from '../../../services/shared/events/catalogue';
import { silent } from './support/stage';

const started = newEvent('accrual_started', { number: '79927398713' }, '2026-01-01T00:00:00Z').event;
const nowMs = Date.UTC(2026, 0, 2);

interface Sent {
  topic: string;
  key: string;
  body: { cause: string; topic: string; consumer: string; received_at: string; payload: string };
  bytes: number;
}

function consumerOf(handle: Subscription['handle'], publish: () => Promise<void> = () => Promise.resolve()) {
  const sent: Sent[] = [];
  const publisher = {
    publish: async (topic: string, key: string, body: string) => {
      await publish();
      sent.push({ topic, key, body: JSON.parse(body), bytes: Buffer.byteLength(body) });
    },
  };
  const rows = [on('accrual_started', (_number, event) => handle(event))];
  const consumer = new TopicConsumer('app', publisher, rows, new Registry(), silent, () => nowMs);
  const take = (payload: unknown, topic = 'accrual') =>
    consumer.take({ topic, payload: typeof payload === 'string' ? payload : JSON.stringify(payload) });
  return { consumer, sent, take };
}

test('an event that fits is handled, with its data as the schema reads it', async () => {
  const handled: unknown[] = [];
  const { take, sent } = consumerOf(async (event) => void handled.push(event.data));
  expect(await take({ ...started, data: { number: '79927398713', surplus: true } })).toBe(true);
  expect(handled).toEqual([{ number: '79927398713' }]);
  expect(sent).toEqual([]);
});

describe('what nobody can handle goes to the dead letters', () => {
  const never: Subscription['handle'] = () => Promise.reject(new Error('it must not be asked'));

  test.each([
    ['no JSON', 'not_json', '{"a":', 'accrual'],
    ['no CloudEvent', 'not_a_cloud_event', { hello: 'world' }, 'accrual'],
    ['a type that nobody knows', 'unknown_event_type', { ...started, type: 'eclipse' }, '79927398713'],
    ['a type of Object’s own', 'unknown_event_type', { ...started, type: 'constructor' }, '79927398713'],
    [
      'a type that has no row here',
      'unknown_event_type',
      newEvent('accrual_failed', { number: '79927398713', reason: 'x' }, '2026-01-01T00:00:00Z').event,
      '79927398713',
    ],
    [
      'a version that nobody knows',
      'unknown_event_version',
      { ...started, dataschema: 'urn:gophermart:accrual_started:2' },
      '79927398713',
    ],
    ['data that do not fit', 'invalid_event_data', { ...started, data: { number: '12' } }, '79927398713'],
  ])('%s: %s', async (_name: string, cause: string, payload: unknown, key: string) => {
    const { take, sent } = consumerOf(never);
    expect(await take(payload)).toBe(true);
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({
      topic: 'accrual.dead',
      key,
      body: { cause, topic: 'accrual', consumer: 'app', received_at: '2026-01-02T00:00:00.000Z' },
    });
    expect(sent[0]?.body.payload).toBe(typeof payload === 'string' ? payload : JSON.stringify(payload));
  });

  test('an event on a topic that is not its own', async () => {
    const { take, sent } = consumerOf(never);
    expect(await take(started, 'order_created')).toBe(true);
    expect(sent[0]).toMatchObject({ topic: 'order_created.dead', body: { cause: 'unknown_event_type' } });
  });

  test('what the handler gives up, under the event’s own key', async () => {
    const { take, sent } = consumerOf(() => Promise.resolve(new DeadLetter('unknown_order')));
    expect(await take(started)).toBe(true);
    expect(sent[0]).toMatchObject({ key: '79927398713', body: { cause: 'unknown_order' } });
  });

  test.each([
    ['of control characters', '\u0000'.repeat(1024 * 1024), 'not_json'],
    [
      'with a long subject',
      JSON.stringify({ ...started, type: 'eclipse', subject: 's'.repeat(1024 * 1024) }),
      '',
    ],
  ])('a large message %s still fits a hop', async (_name, payload) => {
    const { take, sent } = consumerOf(never);
    expect(await take(payload)).toBe(true);
    expect(sent[0]!.bytes + sent[0]!.key.length).toBeLessThan(MAX_BODY_BYTES);
  });

  test('it is acknowledged after it was published', async () => {
    let publish!: () => void;
    const { take } = consumerOf(never, () => new Promise((resolve) => (publish = resolve)));
    let taken: boolean | undefined;
    const taking = take('not json').then((done) => (taken = done));
    await new Promise(setImmediate);
    expect(taken).toBeUndefined();
    publish();
    expect(await taking).toBe(true);
  });
});

describe('what cannot be handled now comes again', () => {
  test('when the handler throws', async () => {
    const { take, sent } = consumerOf(() => Promise.reject(new Error('later')));
    expect(await take(started)).toBe(false);
    expect(sent).toEqual([]);
  });

  test('when the dead letter cannot be published', async () => {
    const { take } = consumerOf(
      () => Promise.resolve(new DeadLetter('unknown_order')),
      () => Promise.reject(new Error('no broker')),
    );
    expect(await take(started)).toBe(false);
  });

  test('when the process is leaving', async () => {
    const { consumer, take, sent } = consumerOf(() => Promise.resolve());
    consumer.drain();
    expect(await take(started)).toBe(false);
    expect(await take('not json')).toBe(false);
    expect(sent).toEqual([]);
  });
});

test('over the app channel, the answers are SUCCESS and RETRY', async () => {
  const { SUCCESS, RETRY } = dapr.TopicEventResponseTopicEventResponseStatus;
  const { consumer } = consumerOf(() => Promise.resolve());
  const server = new Server();
  server.addService(
    dapr.UnimplementedAppCallbackService.definition,
    consumer.callbacks() as unknown as UntypedServiceImplementation,
  );
  const port = await new Promise<number>((resolve) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (_error, bound) => resolve(bound)),
  );
  const client = new dapr.AppCallbackClient(`127.0.0.1:${port}`, credentials.createInsecure());
  const request = new dapr.TopicEventRequest({
    topic: 'accrual',
    data: Buffer.from(JSON.stringify(started)),
  });
  expect((await client.OnTopicEvent(request)).status).toBe(SUCCESS);
  consumer.drain();
  expect((await client.OnTopicEvent(request)).status).toBe(RETRY);
  client.close();
  server.forceShutdown();
});
