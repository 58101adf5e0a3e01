import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { credentials, Server as GrpcServer, ServerCredentials } from '@grpc/grpc-js';
import request from 'supertest';
import { rewardRules } from '../../../services/fake-orders/domain/catalogue';
import { goodsOf } from '../../../services/fake-orders/domain/purchases';
import { createImplementation } from '../../../services/fake-orders/grpc';
import { createApp } from '../../../services/fake-orders/http';
import { offerTo } from '../../../services/fake-orders/seeding';
import {
  FakeOrdersServiceClient,
  OrderDetailsRequest,
  UnimplementedFakeOrdersServiceService,
} from '../../../services/gen/gophermart/fakeorders/v1/fake_orders';
import { createLogger } from '../../../services/shared/log';
import { isOrderNumber } from '../../../services/shared/order-number';
import { slugOf } from '../../../services/shared/refusal';

describe('GET /api/order', () => {
  const http = request(createApp());

  test('a fresh number each time, as text', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => http.get('/api/order').expect(200)));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(20);
    for (const { text, headers } of answers) {
      expect(isOrderNumber(text)).toBe(true);
      expect(headers).toMatchObject({
        'content-type': 'text/plain; charset=utf-8',
        'cache-control': 'no-store',
      });
    }
  });

  test('one that will be INVALID', async () => {
    const { text } = await http.get('/api/order?kind=invalid').expect(200);
    expect(text).toMatch(/^999999\d{10}$/);
  });

  test('400 for a kind that there is not', async () => {
    await http.get('/api/order?kind=free').expect(400);
    await http.get('/healthz').expect(200);
  });
});

describe('OrderDetails', () => {
  const server = new GrpcServer();
  let client: FakeOrdersServiceClient;

  beforeAll(async () => {
    const implementation = createImplementation(createLogger('test', 'silent'));
    server.addService(UnimplementedFakeOrdersServiceService.definition, implementation);
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    client = new FakeOrdersServiceClient(`127.0.0.1:${port}`, credentials.createInsecure());
  });

  afterAll(() => {
    client.close();
    server.forceShutdown();
  });

  test('the goods of a number, the same each time', async () => {
    const ask = async () =>
      (await client.OrderDetails(new OrderDetailsRequest({ number: '12345678903' }))).toObject();
    expect(await ask()).toEqual({ goods: goodsOf('12345678903') });
    expect(await ask()).toEqual(await ask());
  });

  test.each(['', '12345678904', '1/../2'])('%p is refused', async (number) => {
    const refused: unknown = await client
      .OrderDetails(new OrderDetailsRequest({ number }))
      .catch((error) => error);
    expect(slugOf(refused as Error)).toBe('invalid_order_number');
  });
});

describe('offering a rule', () => {
  let server: Server;
  let status: number;
  const offered: string[] = [];

  beforeAll(async () => {
    server = createServer((incoming, response) => {
      incoming.on('data', (chunk) => offered.push(`${incoming.method} ${incoming.url} ${chunk}`));
      incoming.on('end', () => response.writeHead(status, { Location: '/elsewhere' }).end());
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  test.each([
    [200, 'added'],
    [409, 'known'],
    [400, 'an error'],
    [500, 'an error'],
    [302, 'an error'],
  ])('%p is %s', async (answer, meaning) => {
    status = answer;
    const [rule] = rewardRules;
    if (!rule) throw new Error('the catalogue has no rules');
    const offer = offerTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    expect(await offer(rule).catch(() => 'an error')).toBe(meaning);
    expect(offered.pop()).toBe(`POST /api/goods ${JSON.stringify(rule)}`);
    expect(offered).toEqual([]);
  });
});
