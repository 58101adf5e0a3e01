import { PING } from './envelope';

/** A stream on which nothing has come for so long is asked whether it still gets what is sent to its actors. */
const QUIET_MS = 4_000;
const LOOK_EVERY_MS = 1_000;
const PING_DEADLINE_MS = 4_000;
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

  private async answered(): Promise<boolean> {
    const deadlineMs = this.ports.nowMs() + PING_DEADLINE_MS;
    const pings = this.types.map((type) => this.ports.invokeActor(type, PING, PING, '', deadlineMs));
    const results = await Promise.allSettled(pings);
    return results.every(({ status }) => status === 'fulfilled');
  }
}
