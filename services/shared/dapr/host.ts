import { ZodError } from 'zod';
import type { Registry } from 'prom-client';
import { ActorCell, UnknownReminderError, type HostContext } from './cell';
import type { AnyActor } from './document';
import { callEnvelope, PING, type ReplyEnvelope } from './envelope';
import { hostMetrics } from './metrics';
import { FullError, Semaphore } from './queue';
import { TooLargeError, type ActorRuntime } from './runtime';
import { ExpiredError } from './turn';
import type { Logger } from '../log';

/** An outage releases all due reminders at once; so many turns run, the others wait. */
const MAX_TURNS_AT_ONCE = 64;
/** Actor ids become state keys. */
const ACTOR_ID = /^[0-9A-Za-z:_-]{1,128}$/;

export interface ReminderAnswer {
  /** The reminder is of no use to anybody: it shall not come again. */
  cancel: boolean;
}

/** The actors of one process, whoever brings them their requests: the sidecar's stream, or a test. */
export class ActorHost {
  readonly #actors: Map<string, AnyActor>;
  readonly #cells = new Map<string, ActorCell>();
  readonly #context: HostContext;
  readonly #running = new Set<Promise<unknown>>();
  #draining = false;

  constructor(
    runtime: ActorRuntime,
    store: string,
    definitions: AnyActor[],
    registry: Registry,
    private readonly log: Logger,
    nowMs: () => number = Date.now,
  ) {
    this.#actors = new Map(definitions.map((actor) => [actor.type, actor]));
    const turns = new Semaphore(MAX_TURNS_AT_ONCE);
    this.#context = { runtime, store, metrics: hostMetrics(registry), turns, nowMs };
  }

  get types(): string[] {
    return [...this.#actors.keys()];
  }

  /** Never throws: a fault is an answer too. */
  async invoke(type: string, id: string, command: string, body: string): Promise<ReplyEnvelope> {
    if (command === PING && this.#actors.has(type)) return { reply: null };
    const commands = this.#actors.get(type)?.commands ?? {};
    const spec = Object.hasOwn(commands, command) ? commands[command] : undefined;
    if (!spec || !ACTOR_ID.test(id)) return { fault: `no such command: ${type}/${command}`, retry: false };
    if (this.#draining) return { fault: 'this process is leaving', retry: true };
    try {
      const call = callEnvelope.parse(JSON.parse(body));
      const input: unknown = spec.input.parse(call.input);
      const reply = await this.work(type, id, (cell) => cell.command(spec, command, input, call.deadline_ms));
      this.count(type, command, 'replied');
      return { reply: reply ?? null };
    } catch (error) {
      return this.fault(type, command, error);
    }
  }

  /** @throws when the reminder has to come again */
  async remind(type: string, id: string, name: string, note: string | undefined): Promise<ReminderAnswer> {
    if (!this.#actors.has(type) || !ACTOR_ID.test(id)) return { cancel: true };
    if (this.#draining) throw new Error('this process is leaving');
    try {
      await this.work(type, id, (cell) => cell.reminder(name, note));
      this.count(type, name, 'replied');
      return { cancel: false };
    } catch (error) {
      if (error instanceof UnknownReminderError) return { cancel: true };
      this.count(type, name, 'failed');
      this.log.warn({ err: error, actor: type, id, reminder: name }, 'a reminder failed and will come again');
      throw error;
    }
  }

  /** Takes no more, ends what runs, publishes and clears what was put off. */
  async drain(): Promise<void> {
    this.#draining = true;
    await Promise.allSettled(this.#running);
    await Promise.allSettled([...this.#cells.values()].map((cell) => cell.settle()));
  }

  private async work<T>(type: string, id: string, task: (cell: ActorCell) => Promise<T>): Promise<T> {
    const key = `${type}/${id}`;
    const cell = this.#cells.get(key) ?? this.open(key, type, id);
    const running = cell.serve(task);
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
      this.forgetIdle();
    }
  }

  private open(key: string, type: string, id: string): ActorCell {
    const cell = new ActorCell(this.#context, this.#actors.get(type)!, id);
    this.#cells.set(key, cell);
    return cell;
  }

  /** Cells hold nothing between turns; a few of the oldest are looked at each time, so that the map stays small. */
  private forgetIdle(): void {
    let looked = 0;
    for (const [key, cell] of this.#cells) {
      if (++looked > 4) return;
      this.#cells.delete(key);
      if (cell.idle) cell.forget();
      else this.#cells.set(key, cell);
    }
  }

  private fault(type: string, command: string, error: unknown): ReplyEnvelope {
    const name = `${type}/${command}`;
    if (error instanceof ExpiredError) {
      this.count(type, command, 'expired');
      return { fault: 'expired', retry: false };
    }
    this.count(type, command, 'failed');
    if (error instanceof TooLargeError) return { fault: error.message, retry: false };
    if (error instanceof FullError) return { fault: `${name}: ${error.message}`, retry: true };
    this.log.warn({ err: error, command: name }, 'a turn failed');
    const malformed = error instanceof ZodError || error instanceof SyntaxError;
    return { fault: `${name} failed`, retry: !malformed };
  }

  private count(actor: string, turn: string, outcome: string): void {
    this.#context.metrics.turns.inc({ actor, turn, outcome });
  }
}
