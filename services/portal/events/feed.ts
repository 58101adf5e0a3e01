import type { ChangesView } from '../ports';

/** Changes of so long are told of together. */
const GATHER_MS = 100;
/** After a question without an answer, or one answered too early: query could not let it wait. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 10_000;
/** An answer with nothing new that came earlier than this did not wait. */
const EARLY_MS = 1_000;

export interface Pause {
  nowMs: () => number;
  pause: (ms: number) => Promise<void>;
}

/** Somebody who wants to know what changes in an account. */
export interface Subscriber {
  /** The version of the view that it knows; 0: none. */
  seen: number;
  /** With `reset` there is more than the orders tell: everything may have changed. */
  tell(changes: ChangesView): void;
  end(): void;
}

/** Asks for the changes of one account, one question after the other, as long as anybody listens. */
export class Feed {
  private readonly subscribers = new Set<Subscriber>();
  private newest: ChangesView | undefined;
  private over = false;

  /**
   * @param ask answers when there are changes since a version, or after a while without; undefined: no answer
   * @param since the version from which the first question asks
   */
  constructor(
    private readonly ask: (since: number) => Promise<ChangesView | undefined>,
    private since: number,
    private readonly clock: Pause,
  ) {}

  /** True when it asks no more, and is not to be joined. */
  get ended(): boolean {
    return this.over;
  }

  get size(): number {
    return this.subscribers.size;
  }

  join(subscriber: Subscriber): void {
    this.subscribers.add(subscriber);
    if (this.newest) tellOf({ ...this.newest, reset: true, orders: [] }, subscriber);
  }

  /** @returns false when it had left before */
  leave(subscriber: Subscriber): boolean {
    return this.subscribers.delete(subscriber);
  }

  end(): void {
    this.over = true;
    for (const subscriber of this.subscribers) subscriber.end();
  }

  /** Ends when nobody listens any more. */
  async run(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    while (this.subscribers.size > 0 && !this.over) {
      const askedMs = this.clock.nowMs();
      const { since } = this;
      const answer = await this.ask(since);
      if (answer) this.publish(answer);
      if (answer && answer.version !== since) {
        pauseMs = FIRST_PAUSE_MS;
        await this.clock.pause(GATHER_MS);
      } else if (!answer || this.clock.nowMs() - askedMs < EARLY_MS) {
        await this.clock.pause(pauseMs);
        pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs);
      }
    }
    this.over = true;
  }

  private publish(answer: ChangesView): void {
    const { since } = this;
    this.since = answer.version;
    this.newest = answer;
    const everything = { ...answer, reset: true, orders: [] };
    for (const subscriber of this.subscribers) {
      tellOf(subscriber.seen === since ? answer : everything, subscriber);
    }
  }
}

function tellOf(changes: ChangesView, subscriber: Subscriber): void {
  if (subscriber.seen === changes.version) return;
  subscriber.seen = changes.version;
  subscriber.tell(changes);
}
