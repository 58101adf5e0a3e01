import { status, type ServerDuplexStream } from '@grpc/grpc-js';
import * as dapr from '../../../../services/gen/dapr/proto/runtime/v1/runtime';
import { grpcError } from './faults';

export type ActorEvents = ServerDuplexStream<
  dapr.SubscribeActorEventsRequestAlpha1,
  dapr.SubscribeActorEventsResponseAlpha1
>;
type Question = ConstructorParameters<typeof dapr.SubscribeActorEventsResponseAlpha1>[0];
type Answer = dapr.SubscribeActorEventsRequestAlpha1;

/** The sidecar's side of the actor stream: at most one is connected, and its requests are told apart by their ids. */
export class FakePlacement {
  #stream: ActorEvents | undefined;
  #registration: dapr.ActorHostRegistration | undefined;
  #lastId = 0;
  readonly #waiting = new Map<
    string,
    { resolve: (answer: Answer) => void; reject: (error: Error) => void }
  >();
  /** How many streams were registered so far. */
  registrations = 0;

  get types(): string[] {
    return this.#registration?.entities ?? [];
  }

  /** Serves one stream that an app has opened. */
  connect(stream: ActorEvents): void {
    stream.on('data', (message: Answer) => {
      if (message.request_type === 'initialRequest') this.register(stream, message.initialRequest);
      else this.settle(message);
    });
    stream.on('error', () => this.lose(stream));
    stream.on('cancelled', () => this.lose(stream));
    stream.on('end', () => {
      this.lose(stream);
      stream.end();
    });
  }

  /** Breaks the stream off; calls under way fail and are not sent again. */
  drop(): void {
    const stream = this.#stream;
    if (!stream) return;
    this.lose(stream);
    stream.emit('error', grpcError(status.UNAVAILABLE, 'the stream was dropped by the test'));
  }

  /** Sends one request, `copies` times with the same id. @throws when no app hosts actors, or its stream is lost */
  ask(question: (id: string) => Question, copies = 1): Promise<Answer> {
    const stream = this.#stream;
    if (!stream) throw grpcError(status.INTERNAL, 'the actor type is not registered');
    const id = String(++this.#lastId);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      for (let copy = 0; copy < copies; copy++) {
        stream.write(new dapr.SubscribeActorEventsResponseAlpha1(question(id)));
      }
    });
  }

  private register(stream: ActorEvents, registration: dapr.ActorHostRegistration): void {
    this.#stream = stream;
    this.#registration = registration;
    this.registrations++;
    stream.write(
      new dapr.SubscribeActorEventsResponseAlpha1({ initialResponse: new dapr.InitialResponse() }),
    );
  }

  private settle(answer: Answer): void {
    const id = idOf(answer);
    this.#waiting.get(id)?.resolve(answer);
    this.#waiting.delete(id);
  }

  private lose(stream: ActorEvents): void {
    if (stream !== this.#stream) return;
    this.#stream = undefined;
    this.#registration = undefined;
    for (const { reject } of this.#waiting.values()) {
      reject(grpcError(status.INTERNAL, 'the actor stream was lost'));
    }
    this.#waiting.clear();
  }
}

function idOf(answer: Answer): string {
  switch (answer.request_type) {
    case 'invokeResponse':
      return answer.invokeResponse.id;
    case 'reminderResponse':
      return answer.reminderResponse.id;
    case 'timerResponse':
      return answer.timerResponse.id;
    case 'deactivateResponse':
      return answer.deactivateResponse.id;
    case 'requestFailed':
      return answer.requestFailed.id;
    default:
      throw new Error(`an app does not answer with ${String(answer.request_type)}`);
  }
}
