import { Problem, type ProblemSlug } from '../../../services/portal/problems';

describe('a problem', () => {
  it('is RFC 9457 with a slug, a sentence and the request it belongs to', () => {
    expect(new Problem('login_taken').body('r-1')).toEqual({
      type: 'urn:gophermart:problem:login_taken',
      title: 'This login is taken; choose another.',
      status: 409,
      slug: 'login_taken',
      request_id: 'r-1',
    });
    expect(new Problem('not_ready', 'more', { not_ready: ['sidecar'] }).body('r-2')).toMatchObject({
      detail: 'more',
      not_ready: ['sidecar'],
    });
  });

  it.each<[ProblemSlug, number, Record<string, string>]>([
    ['malformed_request', 400, {}],
    ['invalid_amount', 400, {}],
    ['unauthorized', 401, { 'WWW-Authenticate': 'Bearer' }],
    ['wrong_credentials', 401, { 'WWW-Authenticate': 'Bearer' }],
    ['insufficient_points', 402, {}],
    ['order_not_found', 404, {}],
    ['order_of_another', 409, {}],
    ['invalid_order_number', 422, {}],
    ['operation_reused', 422, {}],
    ['unavailable', 503, { 'Retry-After': '2' }],
  ])('%s is %i', (slug, status, headers) => {
    expect([new Problem(slug).status, new Problem(slug).headers]).toEqual([status, headers]);
  });
});
