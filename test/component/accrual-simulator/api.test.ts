import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { Calculator } from '../../../services/accrual-simulator/domain/calculator';
import { createApp } from '../../../services/accrual-simulator/http';
import { openJournal } from '../../../services/accrual-simulator/journal';

const NUMBER = '12345678903';
const rule = { match: 'Bork', reward: 10, reward_type: '%' };
const order = { order: NUMBER, goods: [{ description: 'Kettle Bork', price: 7299.8 }] };
const behaviour = {
  processing_ms: 0,
  latency_ms: 0,
  rate_limit_per_minute: 0,
  rate_window_ms: 60_000,
  fail_next: { count: 0, status: 500 },
  unknown: [],
};

function simulator(calculator = new Calculator(() => undefined)) {
  const clock = { nowMs: 0 };
  return { http: request(createApp(calculator, behaviour, () => clock.nowMs)), clock };
}

test('rules: 200, then 409', async () => {
  const { http } = simulator();
  await http.post('/api/goods').send(rule).expect(200);
  await http.post('/api/goods').send(rule).expect(409);
});

test.each<[string, string, object | string]>([
  ['a rule of another type', '/api/goods', { ...rule, reward_type: 'points' }],
  ['a rule without a match', '/api/goods', { reward: 1, reward_type: '%' }],
  ['an order whose number fails Luhn’s check', '/api/orders', { ...order, order: '12345678904' }],
  ['an order without goods', '/api/orders', { order: NUMBER }],
  ['a price that is a text', '/api/orders', { order: NUMBER, goods: [{ description: 'x', price: '1' }] }],
  ['what is not JSON', '/api/orders', '{"order":'],
])('400 for %s', async (_name, path, body) => {
  await simulator().http.post(path).set('Content-Type', 'application/json').send(body).expect(400);
});

test('400 for another content type', async () => {
  await simulator().http.post('/api/orders').type('text/plain').send(JSON.stringify(order)).expect(400);
});

test('an order from its registration to its result', async () => {
  const { http, clock } = simulator();
  await http.post('/control').send({ processing_ms: 1000 }).expect(200);
  await http.post('/api/goods').send(rule);
  await http.get(`/api/orders/${NUMBER}`).expect(204);
  await http.post('/api/orders').send(order).expect(202);
  await http.post('/api/orders').send(order).expect(409);
  await http.get(`/api/orders/${NUMBER}`).expect(200, { order: NUMBER, status: 'REGISTERED' });
  clock.nowMs = 600;
  await http.get(`/api/orders/${NUMBER}`).expect(200, { order: NUMBER, status: 'PROCESSING' });
  clock.nowMs = 1000;
  const answer = await http.get(`/api/orders/${NUMBER}`).expect(200);
  expect(answer.body).toEqual({ order: NUMBER, status: 'PROCESSED', accrual: 729.98 });
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
});

test('goods that no rule matches make an order INVALID', async () => {
  const { http } = simulator();
  await http.post('/api/goods').send({ ...rule, match: 'Tefal' });
  await http.post('/api/orders').send(order).expect(202);
  await http.get(`/api/orders/${NUMBER}`).expect(200, { order: NUMBER, status: 'INVALID' });
});

test('polls beyond the limit get 429 until the window is over', async () => {
  const { http, clock } = simulator();
  await http.post('/control').send({ rate_limit_per_minute: 2 });
  await http.get(`/api/orders/${NUMBER}`).expect(204);
  await http.get(`/api/orders/${NUMBER}`).expect(204);
  clock.nowMs = 15_000;
  const refused = await http.get(`/api/orders/${NUMBER}`).expect(429);
  expect(refused.text).toBe('No more than 2 requests per minute allowed');
  expect(refused.headers).toMatchObject({ 'retry-after': '45', 'content-type': 'text/plain; charset=utf-8' });
  clock.nowMs = 60_000;
  await http.get(`/api/orders/${NUMBER}`).expect(204);
});

test('calls fail as told, and a number is unknown until it is released', async () => {
  const { http } = simulator();
  await http.post('/api/goods').send(rule);
  await http.post('/control').send({ fail_next: { count: 2, status: 503 }, unknown: [NUMBER] });
  await http.post('/api/orders').send(order).expect(503);
  await http.post('/api/goods').send(rule).expect(409);
  await http.get(`/api/orders/${NUMBER}`).expect(503);
  await http.post('/api/orders').send(order).expect(202);
  await http.get(`/api/orders/${NUMBER}`).expect(204);
  await http.post('/control').send({ unknown: [] });
  await http.get(`/api/orders/${NUMBER}`).expect(200);
});

test('a scripted 429 has its Retry-After and the published text', async () => {
  const { http } = simulator();
  await http.post('/control').send({ fail_next: { count: 1, status: 429, retry_after_seconds: 3 } });
  const refused = await http.get(`/api/orders/${NUMBER}`).expect(429);
  expect(refused.headers['retry-after']).toBe('3');
  expect(refused.text).toMatch(/^No more than \d+ requests per minute allowed$/);
});

test('the control shows behaviour and counters, and refuses what it does not know', async () => {
  const { http } = simulator();
  await http.post('/api/goods').send(rule);
  await http.post('/api/orders').send(order);
  await http.get(`/api/orders/${NUMBER}`);
  const shown = await http.get('/control').expect(200);
  expect(shown.body).toEqual({
    ...behaviour,
    rules: 1,
    orders: 1,
    requests: { goods: { 200: 1 }, register: { 202: 1 }, poll: { 200: 1 } },
  });
  await http.post('/control').send({ speed: 1 }).expect(400);
  await http.post('/control').send({ processing_ms: -1 }).expect(400);
  await http.get('/healthz').expect(200);
});

describe('the journal', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'calculator-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const start = async (file: string) => {
    const journal = openJournal(file);
    const calculator = new Calculator(journal.append);
    const torn = await journal.replayInto((fact) => calculator.replay(fact));
    return { ...simulator(calculator), torn };
  };

  test('brings rules, orders and results over a restart, past a torn line', async () => {
    const file = join(folder, 'below', 'calculator.jsonl');
    const first = await start(file);
    await first.http.post('/api/goods').send(rule);
    await first.http.post('/api/orders').send(order);
    appendFileSync(file, '{"kind":"ord');
    const second = await start(file);
    expect(second.torn).toBe(1);
    await second.http
      .get(`/api/orders/${NUMBER}`)
      .expect({ order: NUMBER, status: 'PROCESSED', accrual: 729.98 });
    const third = await start(file);
    await third.http.post('/control').send({ processing_ms: 3_600_000 });
    await third.http
      .get(`/api/orders/${NUMBER}`)
      .expect({ order: NUMBER, status: 'PROCESSED', accrual: 729.98 });
    await third.http.post('/api/orders').send(order).expect(409);
    await third.http.post('/api/goods').send(rule).expect(409);
  });
});
