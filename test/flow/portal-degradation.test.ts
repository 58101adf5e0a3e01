import { randomUUID } from 'node:crypto';
import { newOrderNumber, retrying } from './support/customer';
import { sharedStack } from './support/shared-stack';
import { until } from './support/until';

/** What stands behind the portal is gone: the answer is 503, soon, and never 500; and all is well when it is back. */

/** Within 2 s, and some for the test itself. */
const ANSWERED_MS = 2_500;
const QUICKLY_MS = 500;
const BACK_MS = 60_000;
/** The breaker forgets what went well before after 10 s. */
const OPENS_MS = 20_000;
const stack = sharedStack();

jest.setTimeout(180_000);

interface Answer {
  status: number;
  retryAfter: string | null;
  slug: unknown;
  tookMs: number;
}

async function answerOf(authorization: string, path: string, body?: string): Promise<Answer> {
  const since = performance.now();
  const response = await fetch(stack.portalUrl + path, {
    headers: { authorization, 'content-type': 'text/plain' },
    ...(body !== undefined && { method: 'POST', body }),
  });
  const text = await response.text();
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    slug: response.status === 503 ? (JSON.parse(text) as { slug: unknown }).slug : undefined,
    tookMs: performance.now() - since,
  };
}

async function registered(): Promise<string> {
  const body = JSON.stringify({ login: `patient-${randomUUID()}`, password: 'correct horse' });
  const headers = { 'content-type': 'application/json' };
  const answer = await retrying(() =>
    fetch(`${stack.portalUrl}/api/user/register`, { method: 'POST', headers, body }),
  );
  return answer.headers.get('authorization') ?? '';
}

const breakers = async (): Promise<Record<string, string>> => {
  const response = await fetch(`${stack.portalUrl}/readyz`);
  return ((await response.json()) as { breakers: Record<string, string> }).breakers;
};

describe.each([
  ['billing', 'SIGKILL'],
  ['query', 'SIGKILL'],
  ['query', 'SIGSTOP'],
] as const)('%s after %s', (service, signal) => {
  test('is answered 503 with Retry-After in time, then at once, and comes back', async () => {
    const authorization = await registered();
    const number = await newOrderNumber(stack);
    const ask = () =>
      service === 'billing'
        ? answerOf(authorization, '/api/user/orders', number)
        : answerOf(authorization, '/api/user/balance');
    const works = async () => (await ask()).status < 300;
    await until(works, BACK_MS);

    await stack.kill(service, signal);
    const answers: Answer[] = [];
    await until(async () => {
      const answer = await ask();
      answers.push(answer);
      return answer.tookMs < QUICKLY_MS;
    }, OPENS_MS);
    const states = await breakers();
    if (signal === 'SIGSTOP') await stack.kill(service, 'SIGCONT');
    else await stack.start(service);

    console.log(`${service} ${signal}: ${answers.map(({ tookMs }) => Math.round(tookMs)).join(', ')} ms`);
    for (const { status, retryAfter, slug, tookMs } of answers) {
      expect([status, retryAfter, slug]).toEqual([503, '2', 'unavailable']);
      expect(tookMs).toBeLessThan(ANSWERED_MS);
    }
    expect(states[stack.appId(service)]).not.toBe('closed');
    await until(works, BACK_MS);
    await until(async () => (await breakers())[stack.appId(service)] === 'closed', BACK_MS);
  });
});
