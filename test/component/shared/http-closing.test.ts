import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { closer } from '../../../services/shared/http-server';

/** A server that answers when it is told to, and a client who sends a text to it. */
async function serving() {
  const asked: ServerResponse[] = [];
  const server = createServer((_request, response) => void asked.push(response));
  const close = closer(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = async (text: string) => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const connected = once(server, 'connection');
    const request = text.includes('\r\n\r\n') ? once(server, 'request') : connected;
    let seen = '';
    socket.on('data', (chunk: Buffer) => (seen += chunk.toString())).on('error', () => undefined);
    const closed = once(socket, 'close').then(() => seen);
    socket.write(text);
    await Promise.all([connected, request]);
    return { closed, socket };
  };
  return { asked, close, client };
}

const REQUEST = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

test.each([
  ['that never had a request', ''],
  ['that has begun to send one', 'GET / HTTP/1.1\r\n'],
])('a server that closes does not wait for a connection %s', async (_, text) => {
  const { close, client } = await serving();
  const { closed } = await client(text);
  await close();
  expect(await closed).toBe('');
});

test('a request under way gets its answer, and then the connection ends', async () => {
  const { close, client, asked } = await serving();
  const { closed } = await client(REQUEST);
  const closing = close();
  asked[0]!.end('the answer');
  await closing;
  expect(await closed).toMatch(/the answer/);
});

test('a connection that is kept for a next request ends', async () => {
  const { close, client, asked } = await serving();
  const { closed, socket } = await client(REQUEST);
  asked[0]!.end('the answer');
  await once(socket, 'data');
  await close();
  expect(await closed).toMatch(/the answer/);
});
