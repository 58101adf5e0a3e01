import { portal } from './support';

test('the page is there, and lets in nobody else’s scripts, styles and frames', async () => {
  const answer = await portal().api.get('/').expect(200).expect('Content-Type', 'text/html; charset=utf-8');
  expect(answer.headers['content-security-policy']!.split('; ')).toEqual(
    expect.arrayContaining([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "connect-src 'self'",
      "img-src 'self' data:",
      "frame-ancestors 'none'",
    ]),
  );
  expect(answer.headers['content-security-policy']).not.toMatch(/unsafe|https?:|\*/);
});

test('the page has no inline script or style, and all that it names is served', async () => {
  const { api } = portal();
  const { text } = await api.get('/');
  expect(text).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/);
  const named = [...text.matchAll(/(?:href|src)="(\/[^"]*)"/g)].map(([, path]) => path!);
  expect(named).toContain('/page/style.css');
  for (const path of named) expect([path, (await api.get(path)).status]).toEqual([path, 200]);
});

test.each([
  ['/page/main.js', 'text/javascript; charset=utf-8'],
  ['/page/style.css', 'text/css; charset=utf-8'],
  ['/page/icon.svg', 'image/svg+xml'],
])('%s is %s, and is not sent again to who has it', async (path, mediaType) => {
  const { api } = portal();
  const answer = await api.get(path).expect(200).expect('Content-Type', mediaType);
  expect(answer.headers['cache-control']).toBe('no-cache');
  await api.get(path).set('If-None-Match', String(answer.headers.etag)).expect(304);
});

test.each(['/page/tsconfig.json', '/page/', '/page/../main.ts', '/page/%2e%2e/main.ts', '/index.html'])(
  '%s is no part of it',
  async (path) => {
    await portal().api.get(path).expect(404);
  },
);

test('nothing can be posted to it', async () => {
  const answer = await portal().api.post('/').expect(405);
  expect(answer.headers.allow).toBe('GET, HEAD');
});
