const TTY_REFRESH_MS = 1_000;
const PLAIN_REFRESH_MS = 15_000;

/** `45 s`, `2 min 10 s`. */
export function elapsed(durationMs: number): string {
  const seconds = Math.round(durationMs / 1_000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Where the lines go; `process.stderr` by default. */
export interface Terminal {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

/** One line per step with the time it has taken: refreshed in place on a terminal, repeated now and then in a log. */
export class Progress {
  constructor(private readonly terminal: Terminal = process.stderr) {}

  /** Runs `work` as a step. What `work` passes to `say` is shown behind the step's name. */
  async step<T>(name: string, work: (say: (detail: string) => void) => Promise<T>): Promise<T> {
    const since = Date.now();
    let detail = 'starting';
    const show = (): void => this.show(`${name}: ${detail}, ${elapsed(Date.now() - since)}`);
    const ticker = setInterval(show, this.terminal.isTTY ? TTY_REFRESH_MS : PLAIN_REFRESH_MS);
    const say = (next: string): void => {
      if (next === detail) return;
      detail = next;
      show();
    };
    try {
      const result = await work(say);
      this.line(`${name}: ready after ${elapsed(Date.now() - since)}`);
      return result;
    } catch (error) {
      this.line(`${name}: failed after ${elapsed(Date.now() - since)}`);
      throw error;
    } finally {
      clearInterval(ticker);
    }
  }

  private show(text: string): void {
    if (!this.terminal.isTTY) return this.line(text);
    this.terminal.write(`\r\x1b[K${text.slice(0, (this.terminal.columns ?? 80) - 1)}`);
  }

  private line(text: string): void {
    this.terminal.write(`${this.terminal.isTTY ? '\r\x1b[K' : ''}${text}\n`);
  }
}
