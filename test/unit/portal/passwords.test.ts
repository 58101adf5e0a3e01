import { createPasswords, MAX_HASHES_UNDER_WAY } from '../../../services/portal/passwords';
import { Unavailable } from '../../../services/portal/ports';

describe('passwords', () => {
  it('are hashed with argon2id of the documented cost, each with a salt of its own', async () => {
    const passwords = await createPasswords();
    const [one, two] = await Promise.all([passwords.hash('secret'), passwords.hash('secret')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(two);
    expect(await passwords.fits('secret', one)).toBe(true);
    expect(await passwords.fits('Secret', one)).toBe(false);
  });

  it('fit nobody when there is no hash', async () => {
    const passwords = await createPasswords();
    expect(await passwords.fits('secret', undefined)).toBe(false);
  });

  it('are refused at once when too many are under way', async () => {
    const passwords = await createPasswords();
    // a hash that is not one fails quickly, but only after this turn of the event loop
    const many = Array.from({ length: MAX_HASHES_UNDER_WAY }, () => passwords.fits('x', 'not a hash'));
    const settled = Promise.allSettled(many);
    await expect(passwords.fits('x', undefined)).rejects.toThrow(Unavailable);
    await settled;
    expect(await passwords.fits('x', undefined)).toBe(false);
  });
});
