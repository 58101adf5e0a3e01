/** More calls than this do not wait in a process at the same time. */
export const MAX_WATCHES = 2_000;

/** Somebody who waits for an account's view to change. */
export interface Watch {
  /** Resolves at the next change from now on, or when watching ends. */
  next(): Promise<void>;
  close(): void;
}

/**
 * Who waits for a change of which view in this process. What another replica of query applies is not told here:
 * who watches also has to ask now and then.
 */
export class Watches {
  private readonly byAccount = new Map<string, Set<() => void>>();
  private open = 0;
  private over = false;

  /** True once the process is stopping. */
  get ended(): boolean {
    return this.over;
  }

  /** @returns undefined when too many watch already, or watching has ended */
  watch(account: string): Watch | undefined {
    if (this.over || this.open >= MAX_WATCHES) return undefined;
    const tellers = this.byAccount.get(account) ?? new Set();
    this.byAccount.set(account, tellers);
    let told = deferred();
    const tell = (): void => {
      told.resolve();
      told = deferred();
    };
    tellers.add(tell);
    this.open++;
    return {
      next: () => told.promise,
      close: () => {
        if (!tellers.delete(tell)) return;
        this.open--;
        if (tellers.size === 0 && this.byAccount.get(account) === tellers) this.byAccount.delete(account);
      },
    };
  }

  tell(account: string): void {
    for (const tell of this.byAccount.get(account) ?? []) tell();
  }

  /** Nobody waits any longer. */
  end(): void {
    this.over = true;
    for (const account of this.byAccount.keys()) this.tell(account);
  }
}

function deferred() {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}
