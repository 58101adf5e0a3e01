import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 3_000;
const LOOK_EVERY_MS = 2;

/** Waits until the condition holds. @throws when it does not within a few seconds */
export async function until(condition: () => boolean, what = condition.toString()): Promise<void> {
  const giveUpMs = Date.now() + PATIENCE_MS;
  while (!condition()) {
    if (Date.now() > giveUpMs) throw new Error(`it never came true: ${what}`);
    await sleep(LOOK_EVERY_MS);
  }
}

/** A door that a test opens: whoever comes before that waits in front of it. */
export class Gate {
  static readonly #closed = new Set<Gate>();
  #open!: () => void;
  readonly opened = new Promise<void>((resolve) => (this.#open = resolve));
  /** How many have come to it. */
  arrived = 0;

  constructor() {
    Gate.#closed.add(this);
  }

  /** For the end of a test: nobody waits any longer. */
  static openAll(): void {
    for (const gate of Gate.#closed) gate.open();
  }

  open(): void {
    Gate.#closed.delete(this);
    this.#open();
  }

  pass(): Promise<void> {
    this.arrived++;
    return this.opened;
  }
}
