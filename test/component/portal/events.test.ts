import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MAX_STREAMS, MAX_STREAMS_PER_ACCOUNT, Feeds } from '../../../services/portal/events/feeds';
import type { PortalPorts } from '../../../services/portal/http';
import { createTokens } from '../../../services/portal/tokens';
import { FakeChanges } from './fake-changes';
import { NUMBER, portalWithCustomer } from './support';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

/** A portal that listens, and the streams of its customer. */
async function listening(overrides: Partial<PortalPorts> = {}) {
  const running = await portalWithCustomer(overrides);
  const server = createServer(running.app).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/user/events`;
  const connect = async (headers: Record<string, string> = {}, method = 'GET') => {
    const cancel = new AbortController();
    const answer = await fetch(url, {
      method,
      headers: { authorization: running.authorization, ...headers },
      signal: cancel.signal,
    });
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    /** The stream's next part that holds a text; undefined at its end. */
    const next = async (text: string): Promise<string | undefined> => {
      for (let seen = ''; ;) {
        const { done, value } = await reader.read();
        if (done) return undefined;
        seen += value;
        if (seen.includes(text)) return seen;
      }
    };
    return { answer, next, cancel: () => cancel.abort() };
  };
  return { ...running, server, connect };
}

const order = {
  number: NUMBER,
  status: 'PROCESSED',
  accrualMinor: 72_998,
  uploadedAt: '2026-01-01T00:00:00.000Z',
};

test('a change reaches the customer as it happens', async () => {
  const { changes, connect, accountId } = await listening();
  const { answer, next } = await connect();
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  await next('retry: 2000\n\n');
  changes.change({ orders: [order], currentMinor: 72_998 });
  expect(await next('\n\n')).toBe(
    'event: changes\nid: 1\ndata: ' +
      '{"reset":false,"orders":[{"number":"12345678903","status":"PROCESSED","accrual":729.98,' +
      '"uploaded_at":"2026-01-01T00:00:00.000Z"}],"balance":{"current":729.98,"withdrawn":0}}\n\n',
  );
  expect(changes.asked[0]).toEqual([accountId, 0]);
});

test('goes on from the last event that the client has seen', async () => {
  const { changes, connect } = await listening();
  changes.change();
  changes.change();
  changes.change({ orders: [order] });
  const { next } = await connect({ 'last-event-id': '2' });
  expect(await next('"orders"')).toContain('id: 3\ndata: {"reset":false,"orders":[{');
  expect(changes.asked[0]![1]).toBe(2);
});

test.each(['', 'x', '-1', '1e3', '9'.repeat(16)])(
  'a Last-Event-ID that is none of ours (%p) is no harm',
  async (id) => {
    const { changes, connect } = await listening();
    const { answer } = await connect(id === '' ? {} : { 'last-event-id': id });
    expect([answer.status, changes.asked[0]![1]]).toEqual([200, 0]);
  },
);

test('many tabs of a customer are one question', async () => {
  const { changes, connect } = await listening();
  const tabs = [await connect(), await connect(), await connect()];
  changes.change({ orders: [order] });
  for (const { next } of tabs) expect(await next('"orders"')).toContain('id: 1\n');
  expect(changes.asked.map(([, version]) => version)).toEqual([0, 1]);
});

test('a tab that opens later is told at once that there is more than it knows', async () => {
  const { changes, connect, lines } = await listening();
  const first = await connect();
  changes.change({ orders: [order] });
  await first.next('id: 1\n');
  const { next } = await connect();
  expect(await next('"orders"')).toContain(
    'retry: 2000\n\nevent: changes\nid: 1\ndata: {"reset":true,"orders":[]',
  );
  expect(lines.filter(({ level }) => level !== 30)).toEqual([]);
});

test('beyond the streams of a customer: 429, until one of them ends', async () => {
  const { connect, api, authorization, lines } = await listening();
  const tabs = [];
  for (let tab = 0; tab < MAX_STREAMS_PER_ACCOUNT; tab++) tabs.push(await connect());
  const refused = await api.get('/api/user/events').set('Authorization', authorization);
  expect(refused.status).toBe(429);
  expect(refused.headers['retry-after']).toBe('30');
  expect(refused.body).toMatchObject({ slug: 'too_many_requests' });
  tabs[0]!.cancel();
  while (!lines.some(({ aborted }) => aborted)) await new Promise((resolve) => setImmediate(resolve));
  expect((await connect()).answer.status).toBe(200);
});

test('beyond the streams of all customers: 503', async () => {
  const changes = new FakeChanges();
  const feeds = new Feeds(changes, {} as never, changes);
  const subscriber = () => ({ seen: 0, tell: () => undefined, end: () => undefined });
  const leave = Array.from({ length: MAX_STREAMS }, (_, n) => feeds.subscribe(`account-${n}`, subscriber()));
  const { api, authorization } = await portalWithCustomer({ feeds });
  const refused = await api.get('/api/user/events').set('Authorization', authorization);
  expect([refused.status, refused.headers['retry-after'], refused.body.slug]).toEqual([
    503,
    '2',
    'overloaded',
  ]);
  leave.forEach((end) => end());
  expect(feeds.open).toBe(0);
});

test('streams take none of the places of requests under way', async () => {
  const { api, authorization, connect } = await listening({ maxRequestsUnderWay: 1 });
  await connect();
  await connect();
  const answer = await api.get('/api/user/balance').set('Authorization', authorization);
  expect(answer.status).toBe(200);
});

test('only a customer who is logged in gets one', async () => {
  const { api } = await portalWithCustomer();
  expect((await api.get('/api/user/events')).status).toBe(401);
});

test('HEAD gets the headers, and ends', async () => {
  const { api, authorization } = await portalWithCustomer();
  const answer = await api.head('/api/user/events').set('Authorization', authorization);
  expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8']);
});

describe('a stream ends', () => {
  test('with the session’s token', async () => {
    const key = { kid: 'k1', secret: new Uint8Array(32).fill(7) };
    const { connect } = await listening({ tokens: createTokens([key], 1, Date.now) });
    expect(await (await connect()).next('never')).toBeUndefined();
  });

  test('at the first heartbeat after the customer has logged out', async () => {
    const { connect, api, authorization } = await listening({ heartbeatMs: 10 });
    const { next } = await connect();
    await next(': heartbeat\n\n');
    expect((await api.post('/api/user/logout').set('Authorization', authorization)).status).toBe(200);
    expect(await next('never')).toBeUndefined();
  });

  test('with the service, at once, and no connection is left', async () => {
    const changes = new FakeChanges();
    const feeds = new Feeds(changes, {} as never, changes);
    const { connect, server, api, authorization } = await listening({ feeds });
    const { next } = await connect();
    feeds.end();
    server.close();
    await once(server, 'close');
    expect(await next('never')).toBeUndefined();
    servers.splice(0);
    expect((await api.get('/api/user/events').set('Authorization', authorization)).status).toBe(503);
  });
});
