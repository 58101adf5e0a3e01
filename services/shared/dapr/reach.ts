import { randomUUID } from 'node:crypto';
import { PING } from './envelope';

/** A stream on which nothing has come for so long is asked whether it still gets what is sent to its actors. */
const QUIET_MS = 4_000;
const LOOK_EVERY_MS = 1_000;
const PING_DEADLINE_MS = 4_000;
/** So many actors are asked that hardly ever all of them live in one other process. */
const PINGS_PER_TYPE = 8;
const MAX_UNANSWERED = 2;

export interface ReachPorts {
  /** Calls an actor through the own sidecar. */
  invokeActor(type: string, id: string, method: string, body: string, deadlineMs: number): Promise<string>;
  nowMs: () => number;
}

/**
 * Watches whether calls still reach the actors of an open stream. A sidecar of 1.18.2 that loses placement in the
 * middle of a round keeps the round's actor types locked for ever: it goes on to say that all is well, and every
 * call to them hangs. Registering again is a new round, and releases them.
 */
export class ReachWatch {
  #lastMs: number;
  #looking = false;
  #unanswered = 0;

  constructor(
    private readonly ports: ReachPorts,
    private readonly types: string[],
  ) {
    this.#lastMs = ports.nowMs();
  }

  /** Something has come over the stream. */
  heard(): void {
    this.#lastMs = this.ports.nowMs();
    this.#unanswered = 0;
  }

  /**
   * @param onLost called once, when calls have ceased to arrive
   * @returns ends the watch
   */
  start(onLost: () => void): () => void {
    const timer = setInterval(() => {
      void this.look().then((lost) => {
        if (!lost) return;
        clearInterval(timer);
        onLost();
      });
    }, LOOK_EVERY_MS).unref();
    return () => clearInterval(timer);
  }

  private async look(): Promise<boolean> {
    if (this.#looking || this.ports.nowMs() - this.#lastMs < QUIET_MS) return false;
    this.#looking = true;
    this.#unanswered = (await this.answered()) ? 0 : this.#unanswered + 1;
    this.#looking = false;
    return this.#unanswered >= MAX_UNANSWERED;
  }

  /** Whether of each type some actor answers: those that happen to live in another process may all be out of reach. */
  private async answered(): Promise<boolean> {
    const each = await Promise.all(this.types.map((type) => this.someAnswer(type)));
    return each.every(Boolean);
  }

  private someAnswer(type: string): Promise<boolean> {
    const deadlineMs = this.ports.nowMs() + PING_DEADLINE_MS;
    const pings = Array.from({ length: PINGS_PER_TYPE }, () =>
      this.ports.invokeActor(type, `${PING}${randomUUID()}`, PING, '', deadlineMs),
    );
    return Promise.any(pings).then(
      () => true,
      () => false,
    );
  }
}
