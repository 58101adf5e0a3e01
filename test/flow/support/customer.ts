import { randomUUID } from 'node:crypto';
import type { Stack } from './stack';

export interface OrderJson {
  number: string;
  status: string;
  accrual?: number;
  uploaded_at: string;
}

export interface Balance {
  current: number;
  withdrawn: number;
}

/** A customer who uses the public API as any client would, and retries what was answered 503. */
export class Customer {
  private constructor(
    private readonly portalUrl: string,
    private readonly authorization: string,
  ) {}

  static async register(stack: Stack): Promise<Customer> {
    const body = JSON.stringify({ login: `customer-${randomUUID()}`, password: 'correct horse' });
    const headers = { 'content-type': 'application/json' };
    const response = await retrying(() =>
      fetch(`${stack.portalUrl}/api/user/register`, { method: 'POST', headers, body }),
    );
    const authorization = response.headers.get('authorization');
    if (response.status !== 200 || !authorization) throw new Error(`register: ${response.status}`);
    return new Customer(stack.portalUrl, authorization);
  }

  /** @returns the status of the answer */
  async upload(number: string): Promise<number> {
    const response = await this.call('POST', '/api/user/orders', number, 'text/plain');
    return response.status;
  }

  async orders(): Promise<OrderJson[]> {
    const response = await this.call('GET', '/api/user/orders');
    return response.status === 204 ? [] : ((await response.json()) as OrderJson[]);
  }

  async order(number: string): Promise<OrderJson | undefined> {
    return (await this.orders()).find((order) => order.number === number);
  }

  async balance(): Promise<Balance> {
    return (await (await this.call('GET', '/api/user/balance')).json()) as Balance;
  }

  /** @param idempotencyKey the same one makes a retry the same withdrawal */
  async withdraw(order: string, sum: number, idempotencyKey: string = randomUUID()): Promise<number> {
    const body = JSON.stringify({ order, sum });
    return (await this.call('POST', '/api/user/balance/withdraw', body, 'application/json', idempotencyKey))
      .status;
  }

  async withdrawals(): Promise<{ order: string; sum: number; processed_at: string }[]> {
    const response = await this.call('GET', '/api/user/withdrawals');
    return response.status === 204 ? [] : ((await response.json()) as never);
  }

  /** Opens the event stream. */
  events(signal: AbortSignal): Promise<Response> {
    const headers = { authorization: this.authorization };
    return fetch(`${this.portalUrl}/api/user/events`, { headers, signal });
  }

  private call(method: string, path: string, body?: string, type?: string, key?: string): Promise<Response> {
    const headers: Record<string, string> = { authorization: this.authorization };
    if (type) headers['content-type'] = type;
    if (key) headers['idempotency-key'] = key;
    return retrying(() => fetch(this.portalUrl + path, { method, headers, ...(body && { body }) }));
  }
}

const RETRY_FOR_MS = 60_000;

/** Sends a request again as long as the system says that it cannot now, or cannot be reached at all. */
export async function retrying(send: () => Promise<Response>): Promise<Response> {
  const deadline = Date.now() + RETRY_FOR_MS;
  for (;;) {
    const { response, failure } = await send().then(
      (answer) => ({ response: answer, failure: undefined }),
      (error: unknown) => ({ response: undefined, failure: error }),
    );
    if (response && response.status !== 503) return response;
    if (Date.now() > deadline) throw failure ?? new Error(`still 503 after ${RETRY_FOR_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** A number from fake-orders, as a shop would print it. `invalid`: one whose goods earn no points anywhere. */
export async function newOrderNumber(stack: Stack, kind: 'valid' | 'invalid' = 'valid'): Promise<string> {
  const query = kind === 'invalid' ? '?kind=invalid' : '';
  const response = await retrying(() => fetch(`${stack.fakeOrdersUrl}/api/order${query}`));
  return (await response.text()).trim();
}

/** Pulls the simulator's strings: any part of its behaviour. */
export async function control(stack: Stack, behaviour: object): Promise<void> {
  const response = await fetch(stack.controlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(behaviour),
  });
  if (!response.ok) throw new Error(`the simulator refused: ${await response.text()}`);
}
