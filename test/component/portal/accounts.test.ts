import { Unavailable } from '../../../services/portal/ports';
import { JSON_TYPE, portal, portalWithCustomer } from './support';

const credentials = { login: 'anna', password: 'secret' };

describe('POST /api/user/register', () => {
  it('logs the customer in at once, by header and by cookie', async () => {
    const { api } = portal();
    const answer = await api.post('/api/user/register').send(credentials).expect(200);
    expect(answer.headers.authorization).toMatch(/^Bearer [\w-]+\.[\w-]+\.[\w-]+$/);
    expect(answer.headers['set-cookie']?.[0]).toMatch(/; HttpOnly; SameSite=Strict$/);
    await api.get('/api/user/balance').set('Authorization', String(answer.headers.authorization)).expect(200);
  });

  it('refuses a login that is taken, however it is written', async () => {
    const { api } = await portalWithCustomer();
    for (const login of ['anna', 'ANNA', ' Anna ', 'ａｎｎａ']) {
      const answer = await api.post('/api/user/register').send({ login, password: 'x' }).expect(409);
      expect(answer.body.slug).toBe('login_taken');
      expect(answer.headers.authorization).toBeUndefined();
    }
  });

  it('lets exactly one of 200 at once win', async () => {
    const { app } = portal();
    const server = app.listen(0);
    const { default: supertest } = await import('supertest');
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => supertest(server).post('/api/user/register').send(credentials)),
    );
    server.close();
    const count = (status: number) => answers.filter((answer) => answer.status === status).length;
    expect([count(200), count(409)]).toEqual([1, 199]);
  });

  it('sets Secure where the deployment says TLS', async () => {
    const { api } = portal({ secureCookies: true });
    const answer = await api.post('/api/user/register').send(credentials).expect(200);
    expect(answer.headers['set-cookie']?.[0]).toContain('; Secure');
    expect(answer.headers['strict-transport-security']).toBeDefined();
  });
});

describe('POST /api/user/login', () => {
  it('answers 200 with header and cookie', async () => {
    const { api } = await portalWithCustomer();
    const answer = await api.post('/api/user/login').send(credentials).expect(200);
    expect(answer.headers.authorization).toMatch(/^Bearer /);
    expect(answer.headers['set-cookie']).toHaveLength(1);
  });

  it('refuses an unknown login and a wrong password alike', async () => {
    const { api } = await portalWithCustomer();
    const [unknown, wrong] = await Promise.all(
      [
        { login: 'nobody', password: 'secret' },
        { login: 'anna', password: 'wrong' },
      ].map((body) => api.post('/api/user/login').set('X-Request-Id', 'r').send(body)),
    );
    expect(unknown?.status).toBe(401);
    expect(unknown?.body).toEqual(wrong?.body);
    expect(unknown?.body).toMatchObject({ slug: 'wrong_credentials', status: 401 });
  });
});

describe('the account in billing’s register', () => {
  it('is opened at the registration and again at each login', async () => {
    const { api, billing, logins } = portal();
    await api.post('/api/user/register').send(credentials).expect(200);
    const [record] = logins.records.values();
    expect(billing.opened).toEqual([record?.accountId]);
    await api.post('/api/user/login').send(credentials).expect(200);
    expect(billing.opened).toEqual([record?.accountId, record?.accountId]);
  });

  it('fails neither of them while billing does not answer', async () => {
    const { api, billing, lines } = portal();
    billing.openAccount = () => Promise.reject(new Unavailable('billing'));
    await api.post('/api/user/register').send(credentials).expect(200);
    await api.post('/api/user/login').send(credentials).expect(200);
    expect(lines.filter(({ msg }) => msg === 'the account is not in the register yet')).toHaveLength(2);
  });

  it('is not opened for a login that is taken or a password that is wrong', async () => {
    const { api, billing } = portal();
    await api.post('/api/user/register').send(credentials);
    await api.post('/api/user/register').send(credentials).expect(409);
    await api
      .post('/api/user/login')
      .send({ ...credentials, password: 'wrong' })
      .expect(401);
    expect(billing.opened).toHaveLength(1);
  });
});

describe.each(['/api/user/register', '/api/user/login'])('POST %s refuses', (path) => {
  it.each([
    ['an empty body', JSON_TYPE, ''],
    ['what is not JSON', JSON_TYPE, '{"login":'],
    ['an array', JSON_TYPE, '[]'],
    ['null', JSON_TYPE, 'null'],
    ['a missing password', JSON_TYPE, '{"login":"a"}'],
    ['an empty login', JSON_TYPE, '{"login":"","password":"b"}'],
    ['a login of blanks', JSON_TYPE, '{"login":"  ","password":"b"}'],
    ['an empty password', JSON_TYPE, '{"login":"a","password":""}'],
    ['a number as login', JSON_TYPE, '{"login":1,"password":"b"}'],
    ['a control character', JSON_TYPE, '{"login":"a\\u0000","password":"b"}'],
    ['half a character', JSON_TYPE, '{"login":"a\\ud800","password":"b"}'],
    ['a login too long', JSON_TYPE, JSON.stringify({ login: 'a'.repeat(129), password: 'b' })],
    ['a password too long', JSON_TYPE, JSON.stringify({ login: 'a', password: 'b'.repeat(129) })],
    ['another content type', 'text/plain', JSON.stringify(credentials)],
  ])('%s', async (_name, type, body) => {
    const { api, logins } = portal();
    const answer = await api.post(path).set('Content-Type', type).send(body).expect(400);
    expect(answer.body.slug).toBe('malformed_request');
    expect(logins.records.size).toBe(0);
  });

  it('a body of more than 16 KB', async () => {
    const { api } = portal();
    const answer = await api
      .post(path)
      .send({ login: 'a'.repeat(17_000), password: 'b' })
      .expect(413);
    expect(answer.body.slug).toBe('too_large');
  });

  it('everybody while the logins are not there, with 503 and Retry-After', async () => {
    const { api } = portal({
      logins: {
        find: () => Promise.reject(new Unavailable('logins')),
        claim: () => Promise.reject(new Unavailable('logins')),
        change: () => Promise.reject(new Unavailable('logins')),
      },
    });
    const answer = await api.post(path).send(credentials).expect(503);
    expect(answer.headers['retry-after']).toBe('2');
    expect(answer.body.slug).toBe('unavailable');
  });
});

describe('a session', () => {
  it.each([
    ['with Bearer', (token: string) => `Bearer ${token}`],
    ['with bearer in lower case', (token: string) => `bearer ${token}`],
    ['bare', (token: string) => token],
  ])('is shown by the header, %s', async (_name, write) => {
    const { api, authorization } = await portalWithCustomer();
    const token = authorization.replace('Bearer ', '');
    await api.get('/api/user/balance').set('Authorization', write(token)).expect(200);
  });

  it('is shown by the cookie', async () => {
    const { api, cookie } = await portalWithCustomer();
    await api.get('/api/user/balance').set('Cookie', `other=1; ${cookie}`).expect(200);
  });

  it.each([
    ['get', '/api/user/orders'],
    ['post', '/api/user/orders'],
    ['get', '/api/user/balance'],
    ['post', '/api/user/balance/withdraw'],
    ['get', '/api/user/withdrawals'],
  ] as const)('is asked for by %s %s', async (method, path) => {
    const { api } = portal();
    for (const authorization of ['', 'Bearer', 'Bearer x.y.z', 'Basic YTpi', 'x'.repeat(5_000)]) {
      const answer = await api[method](path).set('Authorization', authorization).redirects(0).expect(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer');
      expect(answer.body.slug).toBe('unauthorized');
    }
  });
});
