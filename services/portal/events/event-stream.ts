import type { Response } from 'express';

/** A client that does not read loses its stream; it comes back and says what it has seen. */
const MAX_UNSENT_BYTES = 65_536;
/** After a broken connection. */
const RECONNECT_MS = 2_000;

/** Server-sent events (HTML standard, section 9.2) on an answer. */
export class EventStream {
  constructor(private readonly response: Response) {}

  /** Sends the headers, unless something was sent before. */
  open(): void {
    if (this.response.headersSent) return;
    this.response.set({
      'Content-Type': 'text/event-stream; charset=utf-8',
      // not kept for a next request: when the service stops, nothing stays open
      Connection: 'close',
      // proxies that would gather the events
      'X-Accel-Buffering': 'no',
    });
    this.response.flushHeaders();
    this.write(`retry: ${RECONNECT_MS}\n\n`);
  }

  send(event: string, id: number, content: object): void {
    this.open();
    this.write(`event: ${event}\nid: ${id}\ndata: ${JSON.stringify(content)}\n\n`);
  }

  /** Keeps proxies and the client from taking a quiet stream for a dead one. */
  heartbeat(): void {
    this.write(': heartbeat\n\n');
  }

  end(): void {
    this.response.end();
  }

  private write(text: string): void {
    if (this.response.writableEnded || this.response.destroyed) return;
    this.response.write(text);
    if (this.response.writableLength > MAX_UNSENT_BYTES) this.response.destroy();
  }
}
