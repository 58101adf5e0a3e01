import { setTimeout as delay } from 'node:timers/promises';
import { endAfter } from './signals';
import type { Tally } from './tally';

const MAX_ATTEMPTS = 20;
const REQUEST_TIMEOUT_MS = 15_000;
const LONGEST_WAIT_SECONDS = 60;
/** Where the portal does not say how long to wait, or cannot be reached. */
const USUAL_WAIT_SECONDS = 2;

/** The public API, as a client uses it who waits when told to. */
export class Client {
  private underWay = 0;
  private readonly queue: (() => void)[] = [];

  /** @param maxUnderWay requests of all customers together; others queue, as many as there are customers */
  constructor(
    private readonly url: string,
    private readonly tally: Tally,
    private readonly stopped: AbortSignal,
    private readonly maxUnderWay: number,
  ) {}

  /**
   * Sends a request until it is neither "later" (429, 503) nor lost on the way.
   * @throws AbortError when the demo is stopped; Error when the portal does not come back
   */
  async send(path: string, init: RequestInit = {}): Promise<Response> {
    for (let attempt = 1; ; attempt++) {
      const response = await this.inTurn(() => this.once(path, init));
      if (response && response.status !== 429 && response.status !== 503) return response;
      if (attempt === MAX_ATTEMPTS) throw new Error(`${path}: no answer after ${attempt} attempts`);
      this.tally.waits++;
      const told = Number(response?.headers.get('Retry-After') ?? Number.NaN);
      const seconds = Math.min(LONGEST_WAIT_SECONDS, told > 0 ? told : USUAL_WAIT_SECONDS);
      await delay(seconds * 1_000, undefined, { signal: this.stopped });
    }
  }

  /** An answer without an end, which counts for nothing else. */
  stream(path: string, init: RequestInit): Promise<Response> {
    return fetch(this.url + path, init);
  }

  private async once(path: string, init: RequestInit): Promise<Response | undefined> {
    const { signal, release } = endAfter(REQUEST_TIMEOUT_MS, this.stopped);
    try {
      return await fetch(this.url + path, { ...init, signal });
    } catch (error) {
      if (this.stopped.aborted) throw error;
      return undefined;
    } finally {
      release();
    }
  }

  private async inTurn<T>(act: () => Promise<T>): Promise<T> {
    if (this.underWay >= this.maxUnderWay) await new Promise<void>((resolve) => this.queue.push(resolve));
    else this.underWay++;
    try {
      return await act();
    } finally {
      const next = this.queue.shift();
      if (next) next();
      else this.underWay--;
    }
  }
}
