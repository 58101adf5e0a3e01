import {
  connectivityState,
  credentials,
  Metadata,
  type ChannelOptions,
  type ClientDuplexStream,
} from '@grpc/grpc-js';
import * as dapr from '../../gen/dapr/proto/runtime/v1/runtime';
import {
  MAX_BODY_BYTES,
  TooLargeError,
  type ActorRuntime,
  type Reminder,
  type StateOperation,
  type StoredItem,
} from './runtime';

export type ActorEventStream = ClientDuplexStream<
  dapr.SubscribeActorEventsRequestAlpha1,
  dapr.SubscribeActorEventsResponseAlpha1
>;

const STATE_DEADLINE_MS = 5_000;
/** The Kafka component's own timeouts of 5 s come first; an event that timed out here may still arrive. */
const PUBLISH_DEADLINE_MS = 12_000;
const REMINDER_DEADLINE_MS = 5_000;
const METADATA_DEADLINE_MS = 3_000;
/** How long the Scheduler waits before it sends a reminder again that was not answered. */
const REMINDER_RETRY_SECONDS = 2;
const PUBSUB = 'pubsub';
/** Room for what goes round a body. */
const FRAME_BYTES = 64 * 1024;

/** A frozen sidecar is noticed after 15 s; daprd drops a client that pings more often than every 8 s. */
export const channelOptions: ChannelOptions = {
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5_000,
  'grpc.keepalive_permit_without_calls': 1,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
  // a larger message is refused here, before it is sent: too_large (services/shared/refusal.ts)
  'grpc.max_send_message_length': MAX_BODY_BYTES + FRAME_BYTES,
};

const within = (ms: number) => ({ deadline: Date.now() + ms });

/** The app's own sidecar, over one gRPC channel. */
export class Sidecar implements ActorRuntime {
  readonly #client: dapr.DaprClient;

  constructor(readonly address: string) {
    this.#client = new dapr.DaprClient(address, credentials.createInsecure(), channelOptions);
  }

  async read(store: string, keys: string[]): Promise<Map<string, StoredItem>> {
    const request = new dapr.GetBulkStateRequest({ storeName: store, keys });
    const response = await this.#client.GetBulkState(request, new Metadata(), within(STATE_DEADLINE_MS));
    const found = new Map<string, StoredItem>();
    for (const item of response.items) {
      if (item.error) throw new Error(`reading ${item.key} failed: ${item.error}`);
      if (item.data.length === 0) continue;
      found.set(item.key, { json: Buffer.from(item.data).toString('utf8'), etag: item.etag });
    }
    return found;
  }

  async transact(store: string, operations: StateOperation[]): Promise<void> {
    const request = new dapr.ExecuteStateTransactionRequest({
      storeName: store,
      operations: operations.map(toProto),
    });
    checkSize(operations.reduce((sum, one) => sum + ('json' in one ? Buffer.byteLength(one.json) : 0), 0));
    await this.#client.ExecuteStateTransaction(request, new Metadata(), within(STATE_DEADLINE_MS));
  }

  async publish(topic: string, key: string, body: string): Promise<void> {
    const request = new dapr.PublishEventRequest({
      pubsubName: PUBSUB,
      topic,
      data: checkSize(Buffer.from(body)),
      dataContentType: 'application/json',
      metadata: new Map([
        ['rawPayload', 'true'],
        ['partitionKey', key],
      ]),
    });
    await this.#client.PublishEvent(request, new Metadata(), within(PUBLISH_DEADLINE_MS));
  }

  async remind(reminder: Reminder): Promise<void> {
    const request = new dapr.RegisterActorReminderRequest({
      actorType: reminder.type,
      actorId: reminder.id,
      name: reminder.name,
      dueTime: `${Math.max(0, Math.round(reminder.dueMs))}ms`,
      data: Buffer.from(JSON.stringify(reminder.note ?? '')),
      failurePolicy: new dapr.JobFailurePolicy({
        constant: new dapr.JobFailurePolicyConstant({
          interval: new dapr.Duration({ seconds: REMINDER_RETRY_SECONDS }),
        }),
      }),
    });
    await this.#client.RegisterActorReminder(request, new Metadata(), within(REMINDER_DEADLINE_MS));
  }

  async invokeActor(
    type: string,
    id: string,
    method: string,
    body: string,
    deadlineMs: number,
  ): Promise<string> {
    const request = new dapr.InvokeActorRequest({
      actorType: type,
      actorId: id,
      method,
      data: checkSize(Buffer.from(body)),
    });
    const response = await this.#client.InvokeActor(request, new Metadata(), { deadline: deadlineMs });
    return Buffer.from(response.data).toString('utf8');
  }

  openActorEvents(): ActorEventStream {
    return this.#client.SubscribeActorEventsAlpha1(new Metadata(), {}) as ActorEventStream;
  }

  /** The runtime's version as it names itself, such as 1.18.2. */
  async runtimeVersion(): Promise<string> {
    const request = new dapr.GetMetadataRequest();
    return (await this.#client.GetMetadata(request, new Metadata(), within(METADATA_DEADLINE_MS)))
      .runtimeVersion;
  }

  /** Whether the channel to the sidecar stands at this moment. */
  get connected(): boolean {
    return this.#client.getChannel().getConnectivityState(true) === connectivityState.READY;
  }

  close(): void {
    this.#client.close();
  }
}

function checkSize<B extends Buffer | number>(body: B): B {
  const bytes = typeof body === 'number' ? body : body.length;
  if (bytes > MAX_BODY_BYTES) throw new TooLargeError(bytes);
  return body;
}

function toProto(operation: StateOperation): dapr.TransactionalStateOperation {
  if ('delete' in operation) {
    return new dapr.TransactionalStateOperation({
      operationType: 'delete',
      request: new dapr.StateItem({ key: operation.key }),
    });
  }
  const fenced = operation.etag !== undefined || operation.insert === true;
  const concurrency = fenced
    ? dapr.StateOptionsStateConcurrency.CONCURRENCY_FIRST_WRITE
    : dapr.StateOptionsStateConcurrency.CONCURRENCY_LAST_WRITE;
  return new dapr.TransactionalStateOperation({
    operationType: 'upsert',
    request: new dapr.StateItem({
      key: operation.key,
      value: Buffer.from(operation.json),
      ...(operation.etag !== undefined && { etag: new dapr.Etag({ value: operation.etag }) }),
      options: new dapr.StateOptions({ concurrency }),
    }),
  });
}
