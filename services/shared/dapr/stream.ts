import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import * as dapr from '../../gen/dapr/proto/runtime/v1/runtime';
import type { Logger } from '../log';
import { backoffMs, pause } from './backoff';
import type { ReplyEnvelope } from './envelope';
import type { ActorHost } from './host';
import { ReachWatch } from './reach';
import { MAX_BODY_BYTES, TooLargeError } from './runtime';
import type { ActorEventStream, Sidecar } from './sidecar';

/** Below the 8 s in which placement wants a round done: a sidecar that drains for longer loses its placement. */
const DRAIN_TIMEOUT_SECONDS = 5;
const IDLE_TIMEOUT_SECONDS = 300;
const RECONNECT_FIRST_MS = 100;
const RECONNECT_MAX_MS = 3_000;
/** The sidecar knows as soon as the stream is ended; its own end waits for a round of placement. */
const CLOSE_TIMEOUT_MS = 500;

type Event = dapr.SubscribeActorEventsResponseAlpha1;
type Answer = ConstructorParameters<typeof dapr.SubscribeActorEventsRequestAlpha1>[0];

/**
 * Hosts the actors over Dapr 1.18's bidirectional stream: the app dials its sidecar, names its actor types and
 * answers what comes, each answer with its request's id. One stream at a time; a lost one is opened again.
 */
export class ActorStream {
  #stream: ActorEventStream | undefined;
  #registered = false;
  #closing = false;

  constructor(
    private readonly sidecar: Sidecar,
    private readonly host: ActorHost,
    private readonly log: Logger,
  ) {}

  /** Whether the sidecar has taken the actor types. */
  get ready(): boolean {
    return this.#registered;
  }

  start(): void {
    void this.keepOpen();
  }

  /** Ends the stream: the types leave this process, and their actors are placed elsewhere. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#stream) await this.end(this.#stream);
  }

  /** A sidecar that is waiting for something keeps a stream that we have ended; it is then broken off. */
  private async end(stream: ActorEventStream): Promise<void> {
    stream.end();
    const closed = once(stream, 'close').catch(() => undefined);
    await Promise.race([closed, sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
    stream.cancel();
  }

  private async keepOpen(): Promise<void> {
    for (let attempt = 0; !this.#closing; attempt++) {
      const wasRegistered = await this.untilEnded();
      if (this.#closing) return;
      if (wasRegistered) {
        attempt = 0;
        this.log.warn('the actor stream ended; opening it again');
      }
      await pause(backoffMs(attempt, RECONNECT_FIRST_MS, RECONNECT_MAX_MS));
    }
  }

  /** Opens one stream and serves it to its end. @returns whether the sidecar had taken the registration */
  private async untilEnded(): Promise<boolean> {
    const stream = this.sidecar.openActorEvents();
    this.#stream = stream;
    let wasRegistered = false;
    const ended = new Promise<void>((resolve) => {
      stream.on('error', (error) => this.log.debug({ err: error }, 'the actor stream broke'));
      stream.on('close', resolve);
      stream.on('end', resolve);
    });
    let stopWatching = () => {};
    const reach = new ReachWatch({ invokeActor: this.invokeActor, nowMs: Date.now }, this.host.types);
    stream.on('data', (event: Event) => {
      reach.heard();
      if (event.response_type === 'initialResponse') {
        wasRegistered = this.#registered = true;
        this.log.info({ actors: this.host.types }, 'hosting actors');
        stopWatching = reach.start(() => {
          this.log.warn('calls to the actors no longer arrive; registering them again');
          void this.end(stream);
        });
      } else void this.serve(stream, event);
    });
    stream.write(this.registration());
    await ended;
    stopWatching();
    this.#registered = false;
    stream.cancel();
    return wasRegistered;
  }

  private readonly invokeActor: Sidecar['invokeActor'] = (...call) => this.sidecar.invokeActor(...call);

  private registration(): dapr.SubscribeActorEventsRequestAlpha1 {
    return new dapr.SubscribeActorEventsRequestAlpha1({
      initialRequest: new dapr.ActorHostRegistration({
        entities: this.host.types,
        actorIdleTimeout: new dapr.Duration({ seconds: IDLE_TIMEOUT_SECONDS }),
        drainOngoingCallTimeout: new dapr.Duration({ seconds: DRAIN_TIMEOUT_SECONDS }),
        drainRebalancedActors: true,
      }),
    });
  }

  private async serve(stream: ActorEventStream, event: Event): Promise<void> {
    const answer = await this.answer(event);
    // A stream that is gone takes no answer; its requests are the callers' to send again.
    if (answer && stream === this.#stream && stream.writable) {
      stream.write(new dapr.SubscribeActorEventsRequestAlpha1(answer));
    }
  }

  private async answer(event: Event): Promise<Answer | undefined> {
    switch (event.response_type) {
      case 'invokeRequest': {
        const { id, actorType, actorId, method, data } = event.invokeRequest;
        const reply = await this.host.invoke(actorType, actorId, method, Buffer.from(data).toString('utf8'));
        return { invokeResponse: new dapr.InvokeResponse({ id, data: replyBody(reply) }) };
      }
      case 'reminderRequest':
        return this.answerReminder(event.reminderRequest);
      case 'deactivateRequest':
        return { deactivateResponse: new dapr.DeactivateResponse({ id: event.deactivateRequest.id }) };
      case 'timerRequest':
        return { timerResponse: new dapr.ReminderResponse({ id: event.timerRequest.id, cancel: true }) };
      default:
        return undefined;
    }
  }

  private async answerReminder(request: dapr.ReminderRequest): Promise<Answer> {
    const { id, actorType, actorId, name, data } = request;
    try {
      const { cancel } = await this.host.remind(actorType, actorId, name, noteOf(data));
      return { reminderResponse: new dapr.ReminderResponse({ id, cancel }) };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { requestFailed: new dapr.RequestFailed({ id, code: 13, message }) };
    }
  }
}

/** A reply that no hop takes would break the stream, and with it every other actor's calls. */
function replyBody(reply: ReplyEnvelope): Buffer {
  const body = Buffer.from(JSON.stringify(reply));
  if (body.length <= MAX_BODY_BYTES) return body;
  return replyBody({ fault: new TooLargeError(body.length).message, retry: false });
}

/**
 * The note that a reminder was armed with. It comes back as a BytesValue (tag 0x0a, a length, bytes) that holds
 * JSON that holds base64 of what was sent.
 */
export function noteOf(data: dapr.Any | undefined): string | undefined {
  if (!data || data.value.length === 0) return undefined;
  try {
    const lengthEnd = data.value.findIndex((byte, index) => index > 0 && byte < 0x80);
    const json = Buffer.from(data.value.subarray(lengthEnd + 1)).toString('utf8');
    const encoded: unknown = JSON.parse(json);
    const note: unknown = JSON.parse(Buffer.from(String(encoded), 'base64').toString('utf8'));
    return typeof note === 'string' ? note : undefined;
  } catch {
    return undefined;
  }
}
