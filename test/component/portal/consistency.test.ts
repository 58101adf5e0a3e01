import { decodeMarks } from '../../../services/portal/consistency-token';
import { MarkMemory } from '../../../services/portal/marks';
import { NUMBER, portal, portalWithCustomer } from './support';

const marked = [{ order: NUMBER, version: 1 }];

async function afterUpload(credential: 'header' | 'cookie') {
  const running = await portalWithCustomer();
  const shown: Record<string, string> =
    credential === 'header' ? { Authorization: running.authorization } : { Cookie: running.cookie };
  const answer = await running.api
    .post('/api/user/orders')
    .set({ ...shown, 'Content-Type': 'text/plain' })
    .send(NUMBER)
    .expect(202);
  return { ...running, answer };
}

describe('reading one’s own writes', () => {
  it('passes what a customer wrote to his next reads, and to nobody else’s', async () => {
    const { api, authorization, query } = await afterUpload('header');
    const other = await api.post('/api/user/register').send({ login: 'boris', password: 'b' });
    for (const path of ['/api/user/orders', '/api/user/balance', '/api/user/withdrawals']) {
      await api.get(path).set('Authorization', authorization);
      expect(query.marksAsked.at(-1)).toEqual(marked);
      await api.get(path).set('Authorization', String(other.headers.authorization));
      expect(query.marksAsked.at(-1)).toEqual([]);
    }
  });

  it('works through the header on a portal that has not seen the write', async () => {
    const { answer, authorization, accountId, logins } = await afterUpload('header');
    const token = String(answer.headers['consistency-token']);
    expect(decodeMarks(accountId, token)).toEqual(marked);
    expect(answer.headers['set-cookie']).toBeUndefined();

    const elsewhere = portal({ logins, marks: new MarkMemory() });
    await elsewhere.api
      .get('/api/user/balance')
      .set({ Authorization: authorization, 'Consistency-Token': token })
      .expect(200);
    expect(elsewhere.query.marksAsked.at(-1)).toEqual(marked);
  });

  it('works through a cookie for a client that logs in by cookie', async () => {
    const { answer, cookie, logins } = await afterUpload('cookie');
    const marks = String(answer.headers['set-cookie']?.[0]);
    expect(marks).toMatch(/; HttpOnly; SameSite=Strict$/);

    const elsewhere = portal({ logins });
    await elsewhere.api
      .get('/api/user/balance')
      .set('Cookie', `${cookie}; ${marks.split(';')[0]}`)
      .expect(200);
    expect(elsewhere.query.marksAsked.at(-1)).toEqual(marked);
  });

  it('ignores a token that is malformed or of another account', async () => {
    const { answer } = await afterUpload('header');
    const other = await portalWithCustomer();
    for (const token of ['', 'x', '%%%', String(answer.headers['consistency-token'])]) {
      await other.api
        .get('/api/user/balance')
        .set({ Authorization: other.authorization, 'Consistency-Token': token })
        .expect(200);
      expect(other.query.marksAsked.at(-1)).toEqual([]);
    }
  });

  it('says so when the view lags', async () => {
    const { api, authorization, query } = await afterUpload('header');
    const fresh = await api.get('/api/user/balance').set('Authorization', authorization);
    expect(fresh.headers.consistency).toBeUndefined();
    query.lagging = true;
    for (const path of ['/api/user/orders', '/api/user/balance', '/api/user/withdrawals']) {
      const late = await api.get(path).set('Authorization', authorization);
      expect(late.headers.consistency).toBe('lagging');
    }
  });
});
