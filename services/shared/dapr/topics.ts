import type { sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js';
import { Counter, type Registry } from 'prom-client';
import type { z } from 'zod';
import * as dapr from '../../gen/dapr/proto/runtime/v1/runtime';
import type { DeadLetterBody } from '../events/dead-letter';
import { eventTypes, type EventName } from '../events/catalogue';
import { cloudEvent, type CloudEvent } from '../events/cloud-event';
import type { Logger } from '../log';
import type { ActorRuntime } from './runtime';
import { DeadLetter, type Subscription } from './subscription';

const { SUCCESS, RETRY } = dapr.TopicEventResponseTopicEventResponseStatus;
/** What of a message is kept in its dead letter: in JSON a character takes up to 6 bytes, and a hop takes 3.5 MiB. */
const MAX_DEAD_PAYLOAD_CHARS = 512 * 1024;
const MAX_DEAD_KEY_CHARS = 512;

/** A message as the sidecar brings it: the topic's name and the bytes that were published. */
export interface Message {
  topic: string;
  payload: string;
}

/**
 * Takes the messages of a service's topics. What no row of the table understands goes to `<topic>.dead`, and only
 * then is acknowledged; whatever else fails is sent again, for ever.
 */
export class TopicConsumer {
  readonly #handled: Counter<'topic' | 'event' | 'outcome'>;
  #draining = false;

  constructor(
    private readonly app: string,
    private readonly publisher: Pick<ActorRuntime, 'publish'>,
    private readonly subscriptions: Subscription[],
    registry: Registry,
    private readonly log: Logger,
    private readonly nowMs: () => number = Date.now,
  ) {
    this.#handled = new Counter({
      name: 'topic_events_total',
      help: 'Messages by outcome: handled, retried or dead',
      labelNames: ['topic', 'event', 'outcome'],
      registers: [registry],
    });
  }

  /** From now on the broker keeps everything. */
  drain(): void {
    this.#draining = true;
  }

  /** @returns whether the message is done with; false: it shall come again */
  async take(message: Message): Promise<boolean> {
    if (this.#draining) return false;
    const event = this.parse(message);
    const name = event instanceof DeadLetter ? 'unknown' : event.type;
    try {
      const verdict = event instanceof DeadLetter ? event : await this.handle(message.topic, event);
      if (verdict) await this.bury(message, verdict);
      this.#handled.inc({ topic: message.topic, event: name, outcome: verdict ? 'dead' : 'handled' });
      return true;
    } catch (error) {
      this.#handled.inc({ topic: message.topic, event: name, outcome: 'retried' });
      this.log.warn({ err: error, topic: message.topic, event: name }, 'an event could not be handled now');
      return false;
    }
  }

  private async handle(topic: string, event: CloudEvent): Promise<void | DeadLetter> {
    const row = this.subscriptions.find((one) => one.topic === topic && one.name === event.type);
    return row ? row.handle(event) : new DeadLetter(`unknown_event_type`);
  }

  /** The event, with its data checked by its type's schema; else why it is none. */
  private parse({ payload }: Message): CloudEvent | DeadLetter {
    let json: unknown;
    try {
      json = JSON.parse(payload);
    } catch {
      return new DeadLetter('not_json');
    }
    const event = cloudEvent.safeParse(json);
    if (!event.success) return new DeadLetter('not_a_cloud_event');
    if (!Object.hasOwn(eventTypes, event.data.type)) return new DeadLetter('unknown_event_type');
    const type = eventTypes[event.data.type as EventName];
    if (!event.data.dataschema.endsWith(`:${type.version}`)) return new DeadLetter('unknown_event_version');
    const parsed = (type.data as z.ZodType).safeParse(event.data.data);
    return parsed.success ? { ...event.data, data: parsed.data } : new DeadLetter('invalid_event_data');
  }

  private async bury(message: Message, { cause }: DeadLetter): Promise<void> {
    const { topic } = message;
    const key = keyOf(message);
    const received_at = new Date(this.nowMs()).toISOString();
    const payload = message.payload.slice(0, MAX_DEAD_PAYLOAD_CHARS);
    const body: DeadLetterBody = { cause, topic, consumer: this.app, received_at, payload };
    await this.publisher.publish(`${topic}.dead`, key, JSON.stringify(body));
    this.log.error({ topic, cause, key }, 'an event went to the dead letters');
  }

  /** The callbacks that the sidecar calls on the app channel. Subscriptions are declared in components/. */
  callbacks(): dapr.UnimplementedAppCallbackService {
    const nothing =
      <A>(answer: A) =>
      (_call: unknown, callback: sendUnaryData<A>) =>
        callback(null, answer);
    return {
      ListTopicSubscriptions: nothing(new dapr.ListTopicSubscriptionsResponse()),
      ListInputBindings: nothing(new dapr.ListInputBindingsResponse()),
      OnTopicEvent: (
        call: ServerUnaryCall<dapr.TopicEventRequest, dapr.TopicEventResponse>,
        callback: sendUnaryData<dapr.TopicEventResponse>,
      ) => {
        const { topic, data } = call.request;
        void this.take({ topic, payload: Buffer.from(data).toString('utf8') }).then((done) =>
          callback(null, new dapr.TopicEventResponse({ status: done ? SUCCESS : RETRY })),
        );
      },
    } as unknown as dapr.UnimplementedAppCallbackService;
  }
}

/** The key under which the message was published, where it can be told; else its topic. */
function keyOf({ topic, payload }: Message): string {
  try {
    return cloudEvent.parse(JSON.parse(payload)).subject.slice(0, MAX_DEAD_KEY_CHARS);
  } catch {
    return topic;
  }
}
