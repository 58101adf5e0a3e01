import {
  Server,
  ServerCredentials,
  type handleUnaryCall,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import * as dapr from '../../../../services/gen/dapr/proto/runtime/v1/runtime';
import type { ReplyEnvelope } from '../../../../services/shared/dapr/envelope';
import { FakePlacement } from './fake-placement';
import { FakeStore } from './fake-store';
import type { Fault } from './faults';

type Call = 'read' | 'commit' | 'publish' | 'remind';

export interface Published {
  topic: string;
  key: string;
  event: { id: string; data: unknown };
}

/**
 * A Dapr sidecar of one process, as far as the actor host sees it: the same protobuf over a real gRPC server, with
 * everything in memory. Reminders fire when the test says so. `next` makes a coming call go wrong.
 */
export class FakeSidecar {
  readonly placement = new FakePlacement();
  readonly published: Published[] = [];
  /** Armed reminders by `<type>/<id>/<name>`. */
  readonly reminders = new Map<string, dapr.RegisterActorReminderRequest>();
  /** The calls that arrived, and those that ended well, in their order: `commit`, `commit done`. */
  readonly journal: string[] = [];
  version = '1.18.2';
  readonly #faults: Record<Call, Fault[]> = { read: [], commit: [], publish: [], remind: [] };
  readonly #server = new Server();

  private constructor(readonly store: FakeStore) {}

  /** @param store shared, where two sidecars stand before one store */
  static async start(store = new FakeStore()): Promise<FakeSidecar> {
    const fake = new FakeSidecar(store);
    fake.#server.addService(dapr.UnimplementedDaprService.definition, fake.service());
    fake.#port = await new Promise<number>((resolve, reject) =>
      fake.#server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
        error ? reject(error) : resolve(port),
      ),
    );
    return fake;
  }
  #port = 0;

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  close(): void {
    this.#server.forceShutdown();
  }

  /** The next calls of a kind go this way, one fault each. */
  next(call: Call, ...faults: Fault[]): void {
    this.#faults[call].push(...faults);
  }

  /** From now on nothing goes wrong. */
  calm(): void {
    for (const faults of Object.values(this.#faults)) faults.length = 0;
  }

  /** How often the journal has an entry. */
  count(entry: string): number {
    return this.journal.filter((one) => one === entry).length;
  }

  /** Brings a command to the app over its stream, as daprd does for a caller. */
  async command(
    actor: string,
    method: string,
    input: unknown,
    { deadlineMs = Date.now() + 10_000, copies = 1 } = {},
  ): Promise<ReplyEnvelope> {
    const body = Buffer.from(JSON.stringify({ input, deadline_ms: deadlineMs }));
    return JSON.parse(Buffer.from(await this.invoke(actor, method, body, copies)).toString('utf8'));
  }

  /** Arms a reminder as a process did that is gone. */
  arm(reminder: string, note: string): void {
    const [actorType = '', actorId = '', name = ''] = reminder.split('/');
    const data = Buffer.from(JSON.stringify(note));
    this.reminders.set(reminder, new dapr.RegisterActorReminderRequest({ actorType, actorId, name, data }));
  }

  /** Fires an armed reminder once. One that succeeds or is cancelled is gone, unless it was armed anew meanwhile. */
  async fire(reminder: string): Promise<'done' | 'cancelled' | 'failed'> {
    const armed = this.reminders.get(reminder);
    if (!armed) throw new Error(`${reminder} is not armed`);
    const { actorType, actorId, name } = armed;
    const data = new dapr.Any({ value: reminderValue(armed.data) });
    const answer = await this.placement.ask((id) => ({
      reminderRequest: new dapr.ReminderRequest({ id, actorType, actorId, name, data }),
    }));
    if (answer.request_type === 'requestFailed') return 'failed';
    if (this.reminders.get(reminder) === armed) this.reminders.delete(reminder);
    return answer.reminderResponse.cancel ? 'cancelled' : 'done';
  }

  private async invoke(actor: string, method: string, data: Uint8Array, copies = 1): Promise<Uint8Array> {
    const [actorType = '', actorId = ''] = actor.split('/');
    const answer = await this.placement.ask(
      (id) => ({ invokeRequest: new dapr.InvokeRequest({ id, actorType, actorId, method, data }) }),
      copies,
    );
    return answer.invokeResponse.data;
  }

  private service(): UntypedServiceImplementation {
    const empty = new dapr.Empty();
    return {
      GetBulkState: this.unary('read', (request: dapr.GetBulkStateRequest) => {
        return new dapr.GetBulkStateResponse({ items: this.store.read(request.keys) });
      }),
      ExecuteStateTransaction: this.unary('commit', (request: dapr.ExecuteStateTransactionRequest) => {
        this.store.transact(request.operations);
        return empty;
      }),
      PublishEvent: this.unary('publish', (request: dapr.PublishEventRequest) => {
        const event = JSON.parse(Buffer.from(request.data).toString('utf8')) as Published['event'];
        this.published.push({ topic: request.topic, key: request.metadata.get('partitionKey') ?? '', event });
        return empty;
      }),
      RegisterActorReminder: this.unary('remind', (request: dapr.RegisterActorReminderRequest) => {
        this.reminders.set(`${request.actorType}/${request.actorId}/${request.name}`, request);
        return empty;
      }),
      InvokeActor: answering(async ({ actorType, actorId, method, data }: dapr.InvokeActorRequest) => {
        return new dapr.InvokeActorResponse({
          data: await this.invoke(`${actorType}/${actorId}`, method, data),
        });
      }),
      GetMetadata: answering(async () => new dapr.GetMetadataResponse({ runtimeVersion: this.version })),
      SubscribeActorEventsAlpha1: this.placement.connect.bind(this.placement),
    };
  }

  private unary<Q, A>(call: Call, handle: (request: Q) => A): handleUnaryCall<Q, A> {
    return answering(async (request) => {
      this.journal.push(call);
      const fault = this.#faults[call].shift() ?? ((proceed) => proceed());
      let answer: A | undefined;
      await fault(() => (answer = handle(request)));
      this.journal.push(`${call} done`);
      return answer!;
    });
  }
}

function answering<Q, A>(handle: (request: Q) => Promise<A>): handleUnaryCall<Q, A> {
  return (call, callback) => {
    handle(call.request).then(
      (answer) => callback(null, answer),
      (error: Error) => callback(error),
    );
  };
}

/** What daprd hands back: a BytesValue (field 1, length-delimited) of JSON of base64 of what was registered. */
export function reminderValue(bytes: Uint8Array): Buffer {
  const json = Buffer.from(JSON.stringify(Buffer.from(bytes).toString('base64')));
  const length: number[] = [];
  for (let rest = json.length; ; rest >>>= 7) {
    length.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest);
    if (rest <= 0x7f) break;
  }
  return Buffer.concat([Buffer.from([0x0a, ...length]), json]);
}
