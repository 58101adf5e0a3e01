import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { credentials, Server, ServerCredentials, status, type Metadata } from '@grpc/grpc-js';
import { pino } from 'pino';
import { createBilling } from '../../../services/portal/adapters/billing-client';
import { createCalls } from '../../../services/portal/adapters/calls';
import { DaprLogins, type StateClient } from '../../../services/portal/adapters/dapr-logins';
import { createPurchases } from '../../../services/portal/adapters/fake-orders';
import { loginKey } from '../../../services/portal/login-key';
import { Unavailable, type LoginRecord } from '../../../services/portal/ports';
import { createReadiness } from '../../../services/portal/readiness';
import {
  BillingServiceClient,
  CreateOrderResponse,
  UnimplementedBillingServiceService,
  WithdrawResponse,
  type CreateOrderRequest,
  type WithdrawRequest,
} from '../../../services/gen/gophermart/billing/v1/billing';
import { Refusal } from '../../../services/shared/refusal';

const log = pino({ level: 'silent' });
const unavailable = { code: status.UNAVAILABLE, details: 'down' };

/** A billing whose answers are given one after the other; 'silence' never answers. */
type Step = CreateOrderResponse | WithdrawResponse | { code: status } | 'silence';

async function billingThatAnswers(steps: Step[], deadlineMs = 2_000) {
  const asked: { request: CreateOrderRequest | WithdrawRequest; metadata: Metadata }[] = [];
  const server = new Server();
  const handle = (call: unknown, callback: unknown): void => {
    const { request, metadata } = call as (typeof asked)[number];
    const answer = callback as (error: unknown, value?: unknown) => void;
    asked.push({ request, metadata });
    const step = steps[Math.min(asked.length, steps.length) - 1];
    if (step === 'silence') return;
    if (step !== undefined && 'code' in step) answer(step);
    else answer(null, step);
  };
  server.addService(UnimplementedBillingServiceService.definition, { CreateOrder: handle, Withdraw: handle });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  const client = new BillingServiceClient(`127.0.0.1:${port}`, credentials.createInsecure());
  const calls = createCalls('billing-app', log, deadlineMs);
  const close = () => {
    calls.breaker.close();
    client.close();
    server.forceShutdown();
  };
  return { billing: createBilling(client, calls), calls, asked, close };
}

const withdrawal = { accountId: 'a', orderNumber: '18', amountMinor: 100, operationId: 'op-1' };

describe('calls to billing', () => {
  it('go to the app that the sidecar is told', async () => {
    const { billing, asked, close } = await billingThatAnswers([
      new CreateOrderResponse({ created: true, number: '18', version: 3 }),
    ]);
    const outcome = await billing.createOrder('a', '18', 'op-1');
    close();
    expect(outcome).toEqual({ ok: true, created: true, mark: { order: '18', version: 3 } });
    expect(asked[0]?.metadata.get('dapr-app-id')).toEqual(['billing-app']);
  });

  it('are sent again with the same operation id when the outcome is unknown', async () => {
    const booked = new WithdrawResponse({ seq: 7, replayed: true });
    const { billing, asked, close } = await billingThatAnswers([unavailable, booked]);
    const outcome = await billing.withdraw(withdrawal);
    close();
    // booked by our own first attempt: not a replay in the customer's eyes
    expect(outcome).toEqual({ ok: true, replayed: false, mark: { entry: 7 } });
    expect(asked.map(({ request }) => request.operationId)).toEqual(['op-1', 'op-1']);
  });

  it('tell a replay that the customer asked for', async () => {
    const { billing, close } = await billingThatAnswers([new WithdrawResponse({ seq: 7, replayed: true })]);
    expect(await billing.withdraw(withdrawal)).toMatchObject({ replayed: true });
    close();
  });

  it('return a refusal as a value, and never send it again', async () => {
    const { billing, asked, close } = await billingThatAnswers([new Refusal('insufficient_points')]);
    expect(await billing.withdraw(withdrawal)).toEqual({ ok: false, slug: 'insufficient_points' });
    close();
    expect(asked).toHaveLength(1);
  });

  it('give up at the deadline', async () => {
    const { billing, close } = await billingThatAnswers(['silence'], 100);
    await expect(billing.withdraw(withdrawal)).rejects.toThrow(Unavailable);
    close();
  });

  it('give up after a few attempts', async () => {
    const { billing, asked, close } = await billingThatAnswers([unavailable]);
    await expect(billing.withdraw(withdrawal)).rejects.toThrow(Unavailable);
    close();
    expect(asked).toHaveLength(4);
  });

  it('stop at an open breaker, which refusals do not open', async () => {
    const refusing = await billingThatAnswers([new Refusal('insufficient_points')]);
    for (let call = 0; call < 20; call++) await refusing.billing.withdraw(withdrawal);
    refusing.close();
    expect(refusing.calls.breaker.state).toBe('closed');

    const failing = await billingThatAnswers([{ code: status.UNIMPLEMENTED }]);
    for (let call = 0; call < 20; call++) {
      await expect(failing.billing.withdraw(withdrawal)).rejects.toThrow(Unavailable);
    }
    const readiness = await createReadiness(() => Promise.resolve(), [failing.calls.breaker])();
    failing.close();
    expect(failing.asked).toHaveLength(4);
    expect(readiness).toEqual({ notReady: ['billing-app'], breakers: { 'billing-app': 'open' } });
  });
});

describe('readiness', () => {
  it('names a sidecar that does not answer', async () => {
    expect(await createReadiness(() => Promise.reject(new Error('down')), [])()).toEqual({
      notReady: ['sidecar'],
      breakers: {},
    });
  });
});

describe('logins in Dapr’s state', () => {
  const ANNA = loginKey('anna');
  const record = (accountId: string) => ({
    accountId,
    passwordHash: '$argon2id$v=19$x',
    createdAt: '2026-05-01T10:00:00.000Z',
    generation: 1,
    ended: [],
  });

  /** State as the SDK shows it: '' for an absent key, an error for a lost race. */
  class FakeState {
    readonly stored = new Map<string, unknown>();
    private readonly etags = new Map<string, number>();
    fault: 'none' | 'before' | 'after' | 'silence' = 'none';
    get(_store: string, key: string): Promise<unknown> {
      return this.fault === 'silence' ? new Promise(() => {}) : Promise.resolve(this.stored.get(key) ?? '');
    }
    getBulk(_store: string, [key = '']: string[]): Promise<unknown> {
      if (this.fault === 'silence') return new Promise(() => {});
      return Promise.resolve([{ key, data: this.stored.get(key) ?? '', etag: String(this.etags.get(key)) }]);
    }
    save(_store: string, items: { key: string; value: unknown; etag?: string }[]): Promise<unknown> {
      if (this.fault === 'silence') return new Promise(() => {});
      if (this.fault === 'before') return Promise.reject(new Error('[unavailable]'));
      for (const { key, value, etag } of items) {
        const holds = etag === undefined ? !this.stored.has(key) : etag === String(this.etags.get(key));
        if (!holds) return Promise.reject(new Error('[aborted] possible etag mismatch'));
        this.stored.set(key, value);
        this.etags.set(key, (this.etags.get(key) ?? 0) + 1);
      }
      return this.fault === 'after' ? Promise.reject(new Error('[canceled]')) : Promise.resolve({});
    }
  }

  function fixture() {
    const state = new FakeState();
    const logins = new DaprLogins(state as unknown as StateClient, 'state-portal', log, 50);
    return { state, logins };
  }

  it('keep a record under the hash of the login', async () => {
    const { state, logins } = fixture();
    expect(await logins.find(ANNA)).toBeUndefined();
    expect(await logins.claim(ANNA, record('a'))).toBe(true);
    expect(await logins.find(ANNA)).toEqual(record('a'));
    expect([...state.stored.keys()]).toEqual([expect.stringMatching(/^login\/[0-9a-f]{64}$/)]);
  });

  it('give a login to one of many, and stay available while the others lose', async () => {
    const { logins } = fixture();
    const won = await Promise.all(
      Array.from({ length: 200 }, (_, index) => logins.claim(ANNA, record(`a${index}`))),
    );
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(logins.breaker.state).toBe('closed');
  });

  it('lose none of many changes at once', async () => {
    const { logins } = fixture();
    await logins.claim(ANNA, record('a'));
    const next = (kept: LoginRecord) => ({ ...kept, generation: kept.generation + 1 });
    await Promise.all(Array.from({ length: 4 }, () => logins.change(ANNA, next)));
    expect((await logins.find(ANNA))?.generation).toBe(5);
    expect(logins.breaker.state).toBe('closed');
  });

  it('change nothing that is not there, and nothing when told so', async () => {
    const { logins } = fixture();
    expect(await logins.change(ANNA, (kept) => kept)).toBeUndefined();
    await logins.claim(ANNA, record('a'));
    expect(await logins.change(ANNA, () => undefined)).toBeUndefined();
    expect(await logins.find(ANNA)).toEqual(record('a'));
  });

  it('know a change whose answer was lost', async () => {
    const { state, logins } = fixture();
    await logins.claim(ANNA, record('a'));
    state.fault = 'after';
    const changed = await logins.change(ANNA, (kept) =>
      kept.generation === 2 ? kept : { ...kept, generation: 2 },
    );
    expect(changed?.generation).toBe(2);
  });

  it('know their own write whose answer was lost', async () => {
    const { state, logins } = fixture();
    state.fault = 'after';
    expect(await logins.claim(ANNA, record('a'))).toBe(true);
  });

  it.each(['before', 'silence'] as const)('are unavailable when the store fails (%s)', async (fault) => {
    const { state, logins } = fixture();
    state.fault = fault;
    await expect(logins.claim(ANNA, record('a'))).rejects.toThrow(Unavailable);
    expect(state.stored.size).toBe(0);
  });
});

describe('demo purchases', () => {
  let server: HttpServer;
  let answer: [status: number, body: string];
  beforeAll(async () => {
    server = createServer((_request, response) => response.writeHead(answer[0]).end(answer[1]));
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => server.close());
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  it('come from fake-orders', async () => {
    answer = [200, '12345678903\n'];
    expect(await createPurchases(url()).newOrderNumber()).toBe('12345678903');
  });

  it.each<[string, [number, string]]>([
    ['a failure', [500, '12345678903']],
    ['what is no order number', [200, '<html>']],
  ])('are unavailable after %s', async (_name, given) => {
    answer = given;
    await expect(createPurchases(url()).newOrderNumber()).rejects.toThrow(Unavailable);
  });

  it('are unavailable where there is no fake-orders', async () => {
    await expect(createPurchases(undefined).newOrderNumber()).rejects.toThrow(Unavailable);
    await expect(createPurchases('http://127.0.0.1:1').newOrderNumber()).rejects.toThrow(Unavailable);
  });
});
