import type { Logger } from '../../shared/log';
import { Unavailable, type ChangesView, type Changes } from '../ports';
import { Problem, TooManyRequests } from '../problems';
import { Feed, type Pause, type Subscriber } from './feed';

/** Event streams of one customer at a time: a browser's tabs. */
export const MAX_STREAMS_PER_ACCOUNT = 8;
export const MAX_STREAMS = 1_000;
/** A feed that nobody listens to any more lasts until its question is answered. */
const MAX_FEEDS = 2 * MAX_STREAMS;
/** When one who was refused may try again; meanwhile there are the lists. */
const RETRY_AFTER_SECONDS = 30;

/** The feeds of all customers who listen: one for each account, however many streams it has. */
export class Feeds {
  private readonly byAccount = new Map<string, Feed>();
  private streams = 0;
  private ended = false;

  constructor(
    private readonly changes: Changes,
    private readonly log: Logger,
    private readonly pause: Pause,
  ) {}

  /** Streams that are open. */
  get open(): number {
    return this.streams;
  }

  /**
   * From now on the subscriber is told of what it has not seen.
   * @returns ends the subscription
   * @throws TooManyRequests, Problem overloaded
   */
  subscribe(accountId: string, subscriber: Subscriber): () => void {
    if (this.ended || this.streams >= MAX_STREAMS) throw new Problem('overloaded');
    const known = this.byAccount.get(accountId);
    const feed = known && !known.ended ? known : this.start(accountId, subscriber.seen);
    if (feed.size >= MAX_STREAMS_PER_ACCOUNT) throw new TooManyRequests(RETRY_AFTER_SECONDS);
    feed.join(subscriber);
    this.streams++;
    return () => {
      if (feed.leave(subscriber)) this.streams--;
    };
  }

  /** Ends every stream, and takes no more. */
  end(): void {
    this.ended = true;
    for (const feed of this.byAccount.values()) feed.end();
  }

  private start(accountId: string, since: number): Feed {
    if (this.byAccount.size >= MAX_FEEDS) throw new Problem('overloaded');
    const feed = new Feed((version) => this.ask(accountId, version), since, this.pause);
    this.byAccount.set(accountId, feed);
    // begins after the first subscriber has joined
    void Promise.resolve()
      .then(() => feed.run())
      .catch((error: unknown) => {
        this.log.error({ err: error, account_id: accountId }, 'a feed failed');
        feed.end();
      })
      .finally(() => {
        if (this.byAccount.get(accountId) === feed) this.byAccount.delete(accountId);
      });
    return feed;
  }

  /** @returns undefined when there is no answer; the next question comes a little later */
  private async ask(accountId: string, version: number): Promise<ChangesView | undefined> {
    try {
      return await this.changes.since(accountId, version);
    } catch (error) {
      if (error instanceof Unavailable) return undefined;
      throw error;
    }
  }
}
