import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import supertest from 'supertest';
import { Feeds } from '../../../services/portal/events/feeds';
import { createApp, type PortalPorts } from '../../../services/portal/http';
import { loginKey } from '../../../services/portal/login-key';
import { MarkMemory } from '../../../services/portal/marks';
import type { Passwords } from '../../../services/portal/passwords';
import type {
  Billing,
  EntryView,
  LoginRecord,
  Logins,
  Mark,
  OrderView,
  Page,
  PageRequest,
  Query,
  WithdrawalView,
} from '../../../services/portal/ports';
import { operationNames, operationOf, problemsOf } from '../../../services/portal/api/contract';
import { Problem, problemTable } from '../../../services/portal/problems';
import { noRateLimits } from '../../../services/portal/rate-limits';
import { createTokens } from '../../../services/portal/tokens';
import { FakeChanges } from './fake-changes';

/** Fakes of everything behind the portal, with a memory of what they were asked. */

export const NUMBER = '12345678903';
export const FOREIGN_NUMBER = '9278923470';
export const JSON_TYPE = 'application/json';

export class FakeLogins implements Logins {
  readonly records = new Map<string, LoginRecord>();
  looks = 0;
  find(key: string): Promise<LoginRecord | undefined> {
    this.looks++;
    return Promise.resolve(this.records.get(key));
  }
  claim(key: string, record: LoginRecord): Promise<boolean> {
    if (this.records.has(key)) return Promise.resolve(false);
    this.records.set(key, record);
    return Promise.resolve(true);
  }
  change(key: string, decide: Parameters<Logins['change']>[1]): Promise<LoginRecord | undefined> {
    const kept = this.records.get(key);
    const wanted = kept && decide(kept);
    if (wanted) this.records.set(key, wanted);
    return Promise.resolve(wanted);
  }
}

export class FakeBilling implements Billing {
  readonly owners = new Map<string, string>([[FOREIGN_NUMBER, 'another']]);
  readonly operations = new Map<string, string>();
  readonly opened: string[] = [];
  balanceMinor = 100_000;

  openAccount(accountId: string): Promise<void> {
    this.opened.push(accountId);
    return Promise.resolve();
  }

  createOrder(accountId: string, number: string): ReturnType<Billing['createOrder']> {
    const owner = this.owners.get(number);
    if (owner !== undefined && owner !== accountId) {
      return Promise.resolve({ ok: false, slug: 'order_of_another' });
    }
    this.owners.set(number, accountId);
    return Promise.resolve({ ok: true, created: owner === undefined, mark: { order: number, version: 1 } });
  }

  withdraw(asked: Parameters<Billing['withdraw']>[0]): ReturnType<Billing['withdraw']> {
    const body = `${asked.orderNumber}:${asked.amountMinor}`;
    const before = this.operations.get(asked.operationId);
    if (before !== undefined && before !== body) {
      return Promise.resolve({ ok: false, slug: 'operation_reused' });
    }
    if (before === undefined && asked.amountMinor > this.balanceMinor) {
      return Promise.resolve({ ok: false, slug: 'insufficient_points' });
    }
    if (before === undefined) this.balanceMinor -= asked.amountMinor;
    this.operations.set(asked.operationId, body);
    return Promise.resolve({
      ok: true,
      replayed: before !== undefined,
      mark: { entry: this.operations.size },
    });
  }
}

export class FakeQuery implements Query {
  orderPages: OrderView[][] = [[]];
  withdrawalPages: WithdrawalView[][] = [[]];
  entryPages: EntryView[][] = [[]];
  readonly limitsAsked: number[] = [];
  totals = { currentMinor: 0, withdrawnMinor: 0 };
  lagging = false;
  readonly marksAsked: (readonly Mark[])[] = [];

  private page<T>(pages: T[][], { cursor, limit, marks }: PageRequest): Promise<Page<T>> {
    this.marksAsked.push(marks);
    this.limitsAsked.push(limit);
    const index = Number(cursor || '0');
    if (Number.isNaN(index)) return Promise.reject(new Problem('invalid_cursor'));
    const nextCursor = index + 1 < pages.length ? String(index + 1) : '';
    return Promise.resolve({ items: pages[index] ?? [], nextCursor, lagging: this.lagging });
  }
  listOrders(request: PageRequest): Promise<Page<OrderView>> {
    return this.page(this.orderPages, request);
  }
  order(_accountId: string, number: string, marks: readonly Mark[]): ReturnType<Query['order']> {
    this.marksAsked.push(marks);
    const order = this.orderPages.flat().find((one) => one.number === number);
    if (!order) return Promise.reject(new Problem('order_not_found'));
    const history = [{ status: 'NEW', at: order.uploadedAt, cause: 'uploaded' }];
    return Promise.resolve({ order, history, lagging: this.lagging });
  }
  listWithdrawals(request: PageRequest): Promise<Page<WithdrawalView>> {
    return this.page(this.withdrawalPages, request);
  }
  listEntries(request: PageRequest): Promise<Page<EntryView>> {
    return this.page(this.entryPages, request);
  }
  balance(_accountId: string, marks: readonly Mark[]): ReturnType<Query['balance']> {
    this.marksAsked.push(marks);
    return Promise.resolve({ ...this.totals, lagging: this.lagging });
  }
}

/** What was logged of every request to a portal of the running test. */
const logs: Record<string, unknown>[][] = [];

/** Nothing is answered that the API's document does not tell. */
afterEach(() => {
  const undocumented = logs
    .splice(0)
    .flat()
    .filter(({ msg }) => msg === 'request')
    .map(({ method, route, status }) => ({
      method: String(method),
      route: String(route),
      status: Number(status),
    }))
    .filter((answer) => !isDocumented(answer));
  expect(undocumented).toEqual([]);
});

function isDocumented(answer: { method: string; route: string; status: number }): boolean {
  const path = answer.route.replace(/:(\w+)/g, '{$1}');
  const name = operationNames.find(
    (one) => one === `${answer.method === 'HEAD' ? 'GET' : answer.method} ${path}`,
  );
  // an unknown address, a method that an address does not take, a fault that a test has made
  if (name === undefined || [405, 500].includes(answer.status)) return true;
  const statuses = [
    ...Object.keys(operationOf(name).answers).map(Number),
    ...problemsOf(name).map((slug) => problemTable[slug][0]),
  ];
  return statuses.includes(answer.status);
}

/** Quick passwords: the real ones are tested by themselves. */
const passwords: Passwords = {
  hash: (password) => Promise.resolve(`hash of ${password}`),
  fits: (password, hash) => Promise.resolve(hash === `hash of ${password}`),
};

export function portal(overrides: Partial<PortalPorts> = {}) {
  const lines: Record<string, unknown>[] = [];
  logs.push(lines);
  const log = pino(
    { level: 'info' },
    { write: (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const metrics = new Registry();
  const logins = new FakeLogins();
  const billing = new FakeBilling();
  const query = new FakeQuery();
  const changes = new FakeChanges();
  const tokens = createTokens([{ kid: 'k1', secret: new Uint8Array(32).fill(7) }], 3_600, Date.now);
  const app = createApp({
    logins,
    billing,
    query,
    feeds: new Feeds(changes, log, changes),
    purchases: { newOrderNumber: () => Promise.resolve(NUMBER) },
    readiness: () => Promise.resolve({ notReady: [], breakers: { billing: 'closed' } }),
    tokens,
    passwords,
    marks: new MarkMemory(),
    rateLimits: noRateLimits,
    metrics,
    log,
    secureCookies: false,
    trustedProxies: 0,
    maxRequestsUnderWay: 1_000,
    heartbeatMs: 15_000,
    newId: randomUUID,
    now: Date.now,
    ...overrides,
  });
  return { app, lines, logins, billing, query, changes, tokens, metrics, api: supertest(app) };
}

/** A portal, and the Authorization header of a customer who has just registered. */
export async function portalWithCustomer(changes: Partial<PortalPorts> = {}) {
  const running = portal(changes);
  const answer = await running.api.post('/api/user/register').send({ login: 'anna', password: 'secret' });
  return {
    ...running,
    authorization: String(answer.headers.authorization),
    cookie: String(answer.headers['set-cookie']?.[0]).split(';')[0] ?? '',
    accountId: running.logins.records.get(loginKey('anna'))?.accountId ?? '',
  };
}
