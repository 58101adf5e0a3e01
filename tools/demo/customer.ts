import { randomBytes, randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from './client';
import { eventData } from './stream';
import type { Tally } from './tally';

const PAUSE_MS = { shortest: 300, longest: 3_000 };
/** Of what a customer does, so much is paying. */
const PAYING_PERCENT = 20;
/** A payment takes at most this share of the points. */
const PAYMENT_PERCENT = 60;
const STREAM_AGAIN_MS = 2_000;
/** A customer with more orders under way uploads no others. */
const MAX_UNDER_WAY = 50;

interface OrderJson {
  number: string;
  status: string;
}

interface Changes {
  reset: boolean;
  orders: OrderJson[];
}

/** An invented customer: uploads orders and pays with points, with pauses like a person's. */
export class DemoCustomer {
  readonly login = `demo-${randomBytes(4).toString('hex')}`;
  readonly password = randomBytes(9).toString('base64url');
  private authorization = '';
  /** When each order that is not finished was sent, by its number. */
  private readonly sentMs = new Map<string, number>();

  constructor(
    private readonly client: Client,
    private readonly tally: Tally,
  ) {}

  async register(): Promise<void> {
    const body = JSON.stringify({ login: this.login, password: this.password });
    const headers = { 'content-type': 'application/json' };
    const answer = await this.client.send('/api/user/register', { method: 'POST', headers, body });
    if (!answer.ok) throw new Error(`register: ${answer.status}`);
    this.authorization = answer.headers.get('authorization') ?? '';
    this.tally.customers++;
  }

  /** Lives until the signal; then no more is begun. */
  async live(ended: AbortSignal): Promise<void> {
    while (!ended.aborted) {
      if (randomInt(100) < PAYING_PERCENT) await this.pay();
      else if (this.sentMs.size < MAX_UNDER_WAY) await this.upload();
      await delay(randomInt(PAUSE_MS.shortest, PAUSE_MS.longest), undefined, { signal: ended }).catch(
        () => undefined,
      );
    }
  }

  /** Notes when orders are finished, as the portal tells it, until the signal. */
  async listen(ended: AbortSignal): Promise<void> {
    while (!ended.aborted) {
      try {
        const headers = { authorization: this.authorization };
        const answer = await this.client.stream('/api/user/events', { headers, signal: ended });
        if (answer.status === 200 && answer.body) {
          await this.lookForFinished();
          for await (const told of eventData(answer.body)) await this.told(told as Changes);
        }
      } catch {
        // the stream has broken off, or the demo ends
      }
      await delay(STREAM_AGAIN_MS, undefined, { signal: ended }).catch(() => undefined);
      if (!ended.aborted) await this.lookForFinished().catch(() => undefined);
    }
  }

  private async upload(): Promise<void> {
    const number = await this.demoNumber();
    this.sentMs.set(number, Date.now());
    this.tally.uploads++;
    const answer = await this.send('POST', '/api/user/orders', number, { 'content-type': 'text/plain' });
    // 200: an attempt before this one had arrived
    if (answer.ok) return;
    this.sentMs.delete(number);
    this.tally.uploads--;
    this.tally.refused++;
  }

  private async pay(): Promise<void> {
    const balance = (await (await this.send('GET', '/api/user/balance')).json()) as { current: number };
    const sum = Math.floor((balance.current * 100 * randomInt(1, PAYMENT_PERCENT)) / 100) / 100;
    if (sum <= 0) return;
    const headers = {
      'content-type': 'application/json',
      'idempotency-key': randomBytes(16).toString('hex'),
    };
    const body = JSON.stringify({ order: await this.demoNumber(), sum });
    const answer = await this.send('POST', '/api/user/balance/withdraw', body, headers);
    if (answer.status === 200) this.tally.payments++;
    else this.tally.refused++;
  }

  private async demoNumber(): Promise<string> {
    const answer = await this.client.send('/api/order');
    if (!answer.ok) throw new Error(`a demo order number: ${answer.status}`);
    return (await answer.text()).trim();
  }

  private async told({ reset, orders }: Changes): Promise<void> {
    if (reset) await this.lookForFinished();
    else this.note(orders);
  }

  private async lookForFinished(): Promise<void> {
    if (this.sentMs.size === 0) return;
    const answer = await this.send('GET', `/api/user/orders?limit=${2 * MAX_UNDER_WAY}`);
    if (answer.status === 200) this.note((await answer.json()) as OrderJson[]);
  }

  private note(orders: OrderJson[]): void {
    for (const { number, status } of orders) {
      const sentMs = this.sentMs.get(number);
      if (sentMs === undefined || (status !== 'PROCESSED' && status !== 'INVALID')) continue;
      this.sentMs.delete(number);
      this.tally.finished(status, Date.now() - sentMs);
    }
  }

  private send(method: string, path: string, body?: string, headers: Record<string, string> = {}) {
    const init = { method, headers: { authorization: this.authorization, ...headers } };
    return this.client.send(path, body === undefined ? init : { ...init, body });
  }
}
