import { pino } from 'pino';
import supertest from 'supertest';
import { DaprLogins, type StateClient } from '../../../services/portal/adapters/dapr-logins';
import { createPasswords } from '../../../services/portal/passwords';
import { NUMBER, portal, portalWithCustomer } from './support';

/** What goes in where a secret could be; no line of the log may hold any of it. */
const PASSWORD = 'pass-word-hunter2';
const REPLACEMENT = 're-placement-hunter3';
const LOGIN = 'anna-hunter4';
const KEY = 'idempotency-hunter5';
const ELSEWHERE = 'hunter6';

function secretsOf(authorizations: string[], cookies: string[]): string[] {
  const tokens = authorizations.map((authorization) => authorization.replace('Bearer ', ''));
  return [PASSWORD, REPLACEMENT, LOGIN, KEY, ELSEWHERE, 'argon2id', ...tokens, ...cookies].filter(Boolean);
}

/** A log at its most talkative. */
function fullLog() {
  const lines: string[] = [];
  return { lines, log: pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) }) };
}

it('has one line a request: id, route, account, status and time', async () => {
  const { api, authorization, accountId, lines } = await portalWithCustomer();
  lines.length = 0;
  await api.get('/api/user/balance?x=1').set({ Authorization: authorization, 'X-Request-Id': 'r-1' });
  await api.post('/api/user/login').send({ login: 'anna', password: 'wrong' });
  await api.get('/nowhere');
  expect(lines).toEqual([
    expect.objectContaining({
      method: 'GET',
      route: '/api/user/balance',
      status: 200,
      account_id: accountId,
      request_id: 'r-1',
      duration_ms: expect.any(Number),
    }),
    expect.objectContaining({ method: 'POST', route: '/api/user/login', status: 401 }),
    expect.objectContaining({ method: 'GET', route: 'unmatched', status: 404 }),
  ]);
});

it('holds no password, token, cookie, login or key, whatever is asked', async () => {
  const { log, lines } = fullLog();
  const { api } = portal({ log, passwords: await createPasswords() });
  const credentials = { login: LOGIN, password: PASSWORD };
  const registered = await api.post('/api/user/register').send(credentials).expect(200);
  const first = String(registered.headers.authorization);
  const cookie = String(registered.headers['set-cookie']?.[0]);
  const Cookie = cookie.split(';')[0] ?? '';
  const changed = await api
    .post('/api/user/password')
    .set('Authorization', first)
    .send({ current: PASSWORD, new: REPLACEMENT })
    .expect(200);
  const second = String(changed.headers.authorization);
  const uploaded = await api
    .post('/api/user/orders')
    .set({ Authorization: second, 'Content-Type': 'text/plain' })
    .send(NUMBER);
  await Promise.all([
    api.post('/api/user/login').send({ ...credentials, password: ELSEWHERE }),
    api.post('/api/user/register').send(credentials),
    api.post('/api/user/register').set('Content-Type', 'application/json').send(`{"password":"${PASSWORD}"`),
    api.get('/api/user/balance').set({ Authorization: first, Cookie }),
    api.get(`/api/user/statement?cursor=${ELSEWHERE}&token=${second}`).set('Authorization', second),
    api.get(`/${ELSEWHERE}/${second}`),
    api.get(`/api/user/orders/${ELSEWHERE}`).set('Authorization', second),
    api.get('/api/user/balance').set('X-Request-Id', `${ELSEWHERE} "`),
    api
      .post('/api/user/balance/withdraw')
      .set({ Authorization: second, 'Idempotency-Key': KEY })
      .send({ order: NUMBER, sum: 1 }),
    api.get('/api/user/balance').set({
      Authorization: second,
      'Consistency-Token': String(uploaded.headers['consistency-token']),
    }),
  ]);
  await api.post('/api/user/logout').set('Authorization', second).expect(200);

  const text = lines.join('');
  const session = Cookie.split('=')[1] ?? '';
  for (const secret of secretsOf([first, second], [session])) expect(text).not.toContain(secret);
});

it('holds none of it either when what stands behind fails', async () => {
  const { log, lines } = fullLog();
  const fail = () => Promise.reject(new Error('[unavailable] the store is down'));
  const state = { get: fail, getBulk: fail, save: fail } as unknown as StateClient;
  const { app } = portal({
    log,
    logins: new DaprLogins(state, 'state', log),
    passwords: await createPasswords(),
  });
  for (const path of ['/api/user/register', '/api/user/login']) {
    await supertest(app).post(path).send({ login: LOGIN, password: PASSWORD }).expect(503);
  }
  const broken = portal({ log, passwords: { hash: () => Promise.reject(new Error('broken')), fits: fail } });
  await broken.api.post('/api/user/register').send({ login: LOGIN, password: PASSWORD }).expect(500);
  const text = lines.join('');
  expect(text).toContain('the store is down');
  for (const secret of secretsOf([], [])) expect(text).not.toContain(secret);
});
