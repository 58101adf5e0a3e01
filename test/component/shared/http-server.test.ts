import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Server } from 'node:http';
import { createPublicServer, type HttpLimits } from '../../../services/shared/http-server';

const quick: Partial<HttpLimits> = { headersMs: 100, requestMs: 200, keepAliveMs: 50, silenceMs: 150 };
let server: Server | undefined;
afterEach(() => server?.close());

async function clientOf(limits: Partial<HttpLimits> = quick): Promise<Socket> {
  server = createPublicServer((request, response) => {
    if (request.url === '/silent') return;
    request.resume().once('end', () => response.end('done'));
  }, limits);
  const listening = server;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return connect((listening.address() as AddressInfo).port, '127.0.0.1');
}

/** All that comes until the server closes the connection. */
const untilClosed = (socket: Socket): Promise<string> =>
  new Promise((resolve) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString())).on('error', () => undefined);
    socket.once('close', () => resolve(text));
  });

describe('a public server ends the connection of a client', () => {
  it.each([
    ['that does not end its headers', 'GET / HTTP/1.1\r\nHost: x\r\n', /^HTTP\/1.1 408 /],
    [
      'that does not send its body',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab',
      /^HTTP\/1.1 408 |^$/,
    ],
    [
      'whose headers are too long',
      `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(17_000)}\r\n\r\n`,
      /^HTTP\/1.1 431 /,
    ],
    ['that keeps it without a use', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', /^HTTP\/1.1 200 /],
    ['on which nothing moves', 'GET /silent HTTP/1.1\r\nHost: x\r\n\r\n', /^$/],
    ['that does not speak HTTP', 'hello\r\n\r\n', /^HTTP\/1.1 400 /],
    [
      'whose request can be read in two ways',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      /^HTTP\/1.1 400 /,
    ],
  ])('%s', async (_name, sent, answer) => {
    const socket = await clientOf();
    socket.write(sent);
    expect(await untilClosed(socket)).toMatch(answer);
  });

  it('beyond the number it takes', async () => {
    const socket = await clientOf({ maxConnections: 1 });
    await new Promise((resolve) => socket.once('connect', resolve));
    const second = connect((server?.address() as AddressInfo).port, '127.0.0.1');
    expect(await untilClosed(second)).toBe('');
    socket.destroy();
  });
});
