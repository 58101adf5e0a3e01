import type { AnyCommand } from './actor';
import { ActorStore, type AnyActor } from './document';
import type { HostMetrics } from './metrics';
import { Outbox } from './outbox';
import { SerialQueue, type Semaphore } from './queue';
import type { ActorRuntime } from './runtime';
import { runTurn, type Step } from './turn';

const MAX_WAITING_TURNS = 256;
/** After the last relay; a commit that comes sooner takes the clear along. */
const CLEAR_DELAY_MS = 250;
const SAFETY_REMINDER = { name: 'relay', dueMs: 30_000 };
/** A frozen process may still commit an actor's first turn: so long its safety reminder is kept without a head. */
const SAFETY_KEPT_MS = 600_000;

export interface HostContext {
  runtime: ActorRuntime;
  store: string;
  metrics: HostMetrics;
  /** Bounds the turns that run at once in this process. */
  turns: Semaphore;
  nowMs: () => number;
}

/** One actor while this process works for it: its queue of turns and its relay. It holds no state between turns. */
export class ActorCell {
  readonly #queue = new SerialQueue(MAX_WAITING_TURNS);
  readonly #store: ActorStore;
  readonly #outbox: Outbox;
  readonly #reminders = new Map<string, Promise<void>>();
  readonly #safety: { name: string; dueMs: number };
  #clearTimer: NodeJS.Timeout | undefined;
  /** Commands and reminders under way. */
  #callers = 0;

  constructor(
    private readonly host: HostContext,
    private readonly actor: AnyActor,
    private readonly id: string,
  ) {
    this.#store = new ActorStore(host.runtime, host.store, actor, id);
    this.#outbox = new Outbox(host.runtime, this.#store, host.metrics);
    this.#safety = actor.safetyReminder ?? SAFETY_REMINDER;
  }

  /** Whether nothing works for the actor; rows that could not be published stand in the store. */
  get idle(): boolean {
    const working = this.#callers > 0 || !this.#queue.idle || this.#outbox.busy;
    return !working && this.#clearTimer === undefined;
  }

  /** Runs a command or a reminder; the cell is not idle before it has ended, its relay included. */
  async serve<T>(task: (cell: ActorCell) => Promise<T>): Promise<T> {
    this.#callers++;
    try {
      return await task(this);
    } finally {
      this.#callers--;
    }
  }

  forget(): void {
    this.#outbox.forget();
  }

  /** @throws ExpiredError, FullError, or what made the turn or a message's relay fail */
  async command(
    spec: AnyCommand<unknown>,
    name: string,
    input: unknown,
    deadlineMs: number,
  ): Promise<unknown> {
    const writes = spec.startedBy !== 'read';
    const safetyNote = String(this.host.nowMs());
    const reply = await this.turn(name, {
      first: spec.documents?.(input, this.id) ?? [],
      more: (turn) => spec.more?.(turn, input) ?? [],
      decide: (turn) => spec.decide(turn, input),
      ...(writes && { deadlineMs }),
      ...(spec.startedBy === 'request' && { arm: () => this.armSafety(safetyNote), safetyNote }),
    });
    if (spec.startedBy === 'message') await this.relay();
    else if (this.#outbox.pending) void this.relayInBackground();
    return reply;
  }

  /**
   * A second delivery joins the first one until that arms reminders: what fires from then on may be one of those.
   * @throws what made the turn or its relay fail
   */
  reminder(name: string, note: string | undefined): Promise<void> {
    const running = this.#reminders.get(name);
    if (running) return running;
    const leave = () => {
      if (this.#reminders.get(name) === started) this.#reminders.delete(name);
    };
    const started: Promise<void> = this.turn(name, { ...this.reminderStep(name, note), beforeArming: leave })
      .finally(leave)
      .then(() => this.relay());
    this.#reminders.set(name, started);
    return started;
  }

  /** Does at once what could have waited: publishes and clears. */
  async settle(): Promise<void> {
    await this.relay().catch(() => undefined); // what is left is read again by whoever has the actor next
    await this.clear();
  }

  private reminderStep(name: string, note: string | undefined): Step<void> {
    const reminders = this.actor.reminders ?? {};
    const spec = Object.hasOwn(reminders, name) ? reminders[name] : undefined;
    if (!spec && name !== this.#safety.name) throw new UnknownReminderError(name);
    const { act, documents, more } = spec ?? {};
    const headless = (state: unknown): boolean => state === undefined && name === this.#safety.name;
    const kept = this.host.nowMs() < Number(note) + SAFETY_KEPT_MS;
    return {
      first: documents?.(undefined, this.id) ?? [],
      more: (turn) => more?.(turn, undefined) ?? [],
      ...(act && { act: async (turn) => (headless(turn.state) ? undefined : act(turn)) }),
      decide: (turn, acted) => {
        if (headless(turn.state))
          return { reply: undefined, ...(kept && { remind: { [name]: this.#safety.dueMs } }) };
        return spec ? spec.decide(turn, acted) : { reply: undefined };
      },
      note,
      ...(name === this.#safety.name && { safetyNote: note }),
    };
  }

  private turn<R>(name: string, step: Step<R>): Promise<R> {
    const { host, actor } = this;
    const labels = { actor: actor.type, turn: name };
    return this.#queue.run(() =>
      host.turns.run(async () => {
        const stop = host.metrics.turnSeconds.startTimer(labels);
        try {
          return await runTurn(
            { ...host, type: actor.type, id: this.id, store: this.#store, outbox: this.#outbox },
            step,
          );
        } finally {
          stop();
        }
      }),
    );
  }

  private armSafety(note: string): Promise<void> {
    return this.host.runtime.remind({ type: this.actor.type, id: this.id, ...this.#safety, note });
  }

  private async relay(): Promise<void> {
    if (!this.#outbox.pending) return;
    await this.#outbox.relay();
    this.clearLater();
  }

  private async relayInBackground(): Promise<void> {
    await this.#outbox.relayInBackground();
    this.clearLater();
  }

  private clearLater(): void {
    clearTimeout(this.#clearTimer);
    this.#clearTimer = setTimeout(() => void this.clear(), CLEAR_DELAY_MS);
  }

  /** A commit of its own, in the actor's queue. When it fails the rows stay, and a later turn takes them along. */
  private async clear(): Promise<void> {
    clearTimeout(this.#clearTimer);
    this.#clearTimer = undefined;
    await this.#queue
      .run(async () => {
        const { head } = await this.#store.load([], () => []);
        if (!head || head.outboxFrom >= this.#outbox.published) return;
        const from = await this.#store.clear(head, this.#outbox.published);
        if (from < this.#outbox.published) this.clearLater();
      })
      .catch(() => undefined);
  }
}

export class UnknownReminderError extends Error {}
