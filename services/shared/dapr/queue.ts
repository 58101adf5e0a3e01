/** Runs tasks one after the other, in the order in which they came; at most `limit` wait. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();
  #size = 0;

  constructor(private readonly limit: number) {}

  get idle(): boolean {
    return this.#size === 0;
  }

  /** @throws FullError at once, when too many wait already; else what the task throws */
  run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#size >= this.limit) return Promise.reject(new FullError(`${this.limit} turns wait already`));
    this.#size++;
    const result = this.#last.then(task).finally(() => this.#size--);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

export class FullError extends Error {}

/** At most `limit` tasks at once; the others wait in the order in which they came. */
export class Semaphore {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(private readonly limit: number) {}

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#running >= this.limit) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running++;
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }
}
