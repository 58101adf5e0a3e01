import { loginKey } from '../../../services/portal/login-key';
import { MAX_ENDED_TOKENS } from '../../../services/portal/sessions';
import { portal, portalWithCustomer } from './support';

const credentials = { login: 'anna', password: 'secret' };
type Api = ReturnType<typeof portal>['api'];

async function logIn(api: Api, password = credentials.password): Promise<string> {
  const answer = await api
    .post('/api/user/login')
    .send({ ...credentials, password })
    .expect(200);
  return String(answer.headers.authorization);
}

const reads = (api: Api, authorization: string) =>
  api.get('/api/user/balance').set('Authorization', authorization);

describe('POST /api/user/logout', () => {
  it('ends the session, also where its token is kept, and no other one', async () => {
    const { api, authorization } = await portalWithCustomer();
    const other = await logIn(api);
    const answer = await api.post('/api/user/logout').set('Authorization', authorization).expect(200);
    expect(answer.headers['set-cookie']?.[0]).toMatch(
      /^gophermart_session=; Path=\/; Expires=Thu, 01 Jan 1970/,
    );
    await reads(api, authorization).expect(401);
    await reads(api, other).expect(200);
  });

  it('ends the session on every portal, before it is answered', async () => {
    const { api, authorization, logins } = await portalWithCustomer();
    const elsewhere = portal({ logins });
    await reads(elsewhere.api, authorization).expect(200);
    await api.post('/api/user/logout').set('Authorization', authorization).expect(200);
    await reads(elsewhere.api, authorization).expect(401);
  });

  it('ends all sessions when there are too many to remember', async () => {
    const { api, authorization, logins } = await portalWithCustomer();
    const key = loginKey(credentials.login);
    const record = logins.records.get(key)!;
    const ended = Array.from({ length: MAX_ENDED_TOKENS }, (_, at) => ({
      tokenId: `t${at}`,
      expiresAtMs: Date.now() + 60_000,
    }));
    logins.records.set(key, { ...record, ended });
    const other = await logIn(api);
    await api.post('/api/user/logout').set('Authorization', authorization).expect(200);
    await reads(api, authorization).expect(401);
    await reads(api, other).expect(401);
    expect(logins.records.get(key)?.ended).toEqual([]);
  });

  it('forgets what has expired anyway', async () => {
    const { api, authorization, logins } = await portalWithCustomer();
    const key = loginKey(credentials.login);
    logins.records.set(key, { ...logins.records.get(key)!, ended: [{ tokenId: 'old', expiresAtMs: 1 }] });
    await api.post('/api/user/logout').set('Authorization', authorization).expect(200);
    expect(logins.records.get(key)?.ended).toHaveLength(1);
    expect(logins.records.get(key)?.ended).not.toContainEqual(expect.objectContaining({ tokenId: 'old' }));
  });
});

describe('POST /api/user/password', () => {
  it('ends all other sessions, and this one goes on with a new token', async () => {
    const { api, authorization, logins } = await portalWithCustomer();
    const elsewhere = portal({ logins });
    const other = await logIn(api);
    await reads(elsewhere.api, other).expect(200);

    const answer = await api
      .post('/api/user/password')
      .set('Authorization', authorization)
      .send({ current: 'secret', new: 'better' })
      .expect(200);
    for (const ended of [authorization, other]) {
      await reads(api, ended).expect(401);
      await reads(elsewhere.api, ended).expect(401);
    }
    await reads(api, String(answer.headers.authorization)).expect(200);
    await reads(api, await logIn(api, 'better')).expect(200);
    await api.post('/api/user/login').send(credentials).expect(401);
  });

  it('asks for the current password', async () => {
    const { api, authorization } = await portalWithCustomer();
    const answer = await api
      .post('/api/user/password')
      .set('Authorization', authorization)
      .send({ current: 'wrong', new: 'better' })
      .expect(401);
    expect(answer.body.slug).toBe('wrong_credentials');
    await reads(api, authorization).expect(200);
    await logIn(api);
  });

  it.each([
    ['nothing', {}],
    ['no new password', { current: 'secret' }],
    ['an empty one', { current: 'secret', new: '' }],
    ['one too long', { current: 'secret', new: 'x'.repeat(129) }],
  ])('refuses %s', async (_name, body) => {
    const { api, authorization } = await portalWithCustomer();
    await api.post('/api/user/password').set('Authorization', authorization).send(body).expect(400);
    await logIn(api);
  });

  it('lets one of two at once win', async () => {
    const { api, authorization } = await portalWithCustomer();
    const change = (replacement: string) =>
      api
        .post('/api/user/password')
        .set('Authorization', authorization)
        .send({ current: 'secret', new: replacement });
    const answers = await Promise.all([change('one'), change('two')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
  });
});

describe('a session', () => {
  it('does not ask the store at every request', async () => {
    const { api, authorization, logins } = await portalWithCustomer();
    const before = logins.looks;
    for (let request = 0; request < 5; request++) await reads(api, authorization).expect(200);
    expect(logins.looks - before).toBeLessThanOrEqual(2);
  });

  it('of a login that is gone is none', async () => {
    const { api, authorization, logins } = await portalWithCustomer();
    logins.records.clear();
    await reads(api, authorization).expect(401);
  });
});
