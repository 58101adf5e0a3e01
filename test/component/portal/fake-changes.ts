import type { Changes, ChangesView } from '../../../services/portal/ports';

/** A view that changes when a test says so; questions wait for it. Also a clock whose pauses take no time. */
export class FakeChanges implements Changes {
  /** Every question, as [account, version]. */
  readonly asked: [string, number][] = [];
  private readonly waiting: ((view: ChangesView) => void)[] = [];
  private view: ChangesView = { version: 0, reset: false, orders: [], currentMinor: 0, withdrawnMinor: 0 };

  since(accountId: string, version: number): Promise<ChangesView> {
    this.asked.push([accountId, version]);
    if (version !== this.view.version) return Promise.resolve(this.view);
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** The next version of the view. */
  change(fields: Partial<ChangesView> = {}): void {
    this.view = { ...this.view, version: this.view.version + 1, ...fields };
    this.answer();
  }

  /** Ends the wait of all questions. */
  answer(): void {
    for (const resolve of this.waiting.splice(0)) resolve(this.view);
  }

  nowMs = (): number => Date.now();
  pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
}
