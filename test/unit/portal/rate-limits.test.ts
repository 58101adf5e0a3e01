import { TooManyRequests } from '../../../services/portal/problems';
import { createRateLimits, network } from '../../../services/portal/rate-limits';

const settings = {
  requestsPerMinute: 5,
  credentialsPerMinute: 3,
  wrongPasswordsPerMinute: 2,
  wrongPasswordsPerLoginPerMinute: 4,
};

/** How many of so many pass. */
async function passing(times: number, ask: () => Promise<unknown>): Promise<number> {
  const outcomes = await Promise.allSettled(Array.from({ length: times }, ask));
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(TooManyRequests);
  }
  return outcomes.filter(({ status }) => status === 'fulfilled').length;
}

it('requests are bounded for each address by itself', async () => {
  const limits = createRateLimits(settings);
  expect(await passing(10, () => limits.request('10.0.0.1'))).toBe(5);
  expect(await passing(10, () => limits.request('10.0.0.2'))).toBe(5);
  expect(await passing(10, () => limits.credentials('10.0.0.1'))).toBe(3);
});

it('guesses are bounded for a login from one address, and more widely from everywhere', async () => {
  const limits = createRateLimits(settings);
  expect(await passing(5, () => limits.guess('10.0.0.1', 'anna'))).toBe(2);
  expect(await passing(5, () => limits.guess('10.0.0.1', 'bert'))).toBe(2);
  expect(await passing(5, () => limits.guess('10.0.0.2', 'anna'))).toBe(2);
  expect(await passing(5, () => limits.guess('10.0.0.3', 'anna'))).toBe(0);
});

it('a right guess is taken back', async () => {
  const limits = createRateLimits(settings);
  for (let login = 0; login < 20; login++) {
    const takeBack = await limits.guess('10.0.0.1', 'anna');
    await takeBack();
  }
});

it('a refusal says when to come back', async () => {
  const limits = createRateLimits({ ...settings, requestsPerMinute: 1 });
  await limits.request('10.0.0.1');
  const refusal = await limits.request('10.0.0.1').catch((error: unknown) => error as TooManyRequests);
  const seconds = Number(refusal && refusal.headers['Retry-After']);
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThanOrEqual(60);
});

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8:1:2::7', '2001:db8:1:2'],
  ['2001:db8::7', '2001:db8:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['::1', '0:0:0:0'],
])('%s counts as %s', (address, counted) => {
  expect(network(address)).toBe(counted);
});
