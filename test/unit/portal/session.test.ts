import { cookieOf, cookieOptions, tokenOf } from '../../../services/portal/session';

describe('the token of a request', () => {
  it.each<[string, string | undefined, string | undefined, ReturnType<typeof tokenOf>]>([
    ['nothing', undefined, undefined, undefined],
    ['Bearer', 'Bearer abc', undefined, { token: 'abc', via: 'header' }],
    ['bearer in capitals, more blanks', 'BEARER   abc ', undefined, { token: 'abc', via: 'header' }],
    ['bare', 'abc', undefined, { token: 'abc', via: 'header' }],
    [
      'a bare token that begins like the scheme',
      'Bearerabc',
      undefined,
      { token: 'Bearerabc', via: 'header' },
    ],
    ['cookie', undefined, 'gophermart_session=abc', { token: 'abc', via: 'cookie' }],
    ['cookie among others', undefined, 'a=1; gophermart_session=abc;b=2', { token: 'abc', via: 'cookie' }],
    ['header before cookie', 'abc', 'gophermart_session=def', { token: 'abc', via: 'header' }],
    [
      'an empty header leaves the cookie',
      'Bearer ',
      'gophermart_session=def',
      { token: 'def', via: 'cookie' },
    ],
    ['an empty cookie', undefined, 'gophermart_session=', undefined],
    ['a cookie whose name only ends alike', undefined, 'xgophermart_session=abc', undefined],
  ])('%s', (_name, authorization, cookies, found) => {
    expect(tokenOf(authorization, cookies)).toEqual(found);
  });
});

it('a cookie’s value may hold the sign =', () => {
  expect(cookieOf('a=b=c', 'a')).toBe('b=c');
});

it('cookies are closed to scripts and to other sites, and carry Secure only when told', () => {
  expect(cookieOptions(false)).toEqual({ httpOnly: true, sameSite: 'strict', path: '/', secure: false });
  expect(cookieOptions(true).secure).toBe(true);
});
