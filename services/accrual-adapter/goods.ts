import { credentials, Metadata } from '@grpc/grpc-js';
import { FakeOrdersServiceClient, OrderDetailsRequest } from '../gen/gophermart/fakeorders/v1/fake_orders';
import { channelOptions } from '../shared/dapr/sidecar';
import type { Logger } from '../shared/log';
import type { GoodsItem } from './calculator';

const DEADLINE_MS = 2_000;

/** Where an order's goods are known. */
export interface GoodsSource {
  /** @returns undefined when they cannot be had now */
  of(number: string): Promise<GoodsItem[] | undefined>;
}

/** Goods from another Dapr app, called by gRPC through the own sidecar. */
export function createGoodsSource(
  sidecarAddress: string,
  appId: string,
  log: Logger,
): GoodsSource & { close(): void } {
  const client = new FakeOrdersServiceClient(sidecarAddress, credentials.createInsecure(), channelOptions);
  const metadata = new Metadata();
  metadata.set('dapr-app-id', appId);
  return {
    async of(number) {
      const request = new OrderDetailsRequest({ number });
      const deadline = Date.now() + DEADLINE_MS;
      try {
        const response = await client.OrderDetails(request, metadata.clone(), { deadline });
        return response.goods.map(({ description, priceMinor }) => ({ description, priceMinor }));
      } catch (error) {
        log.warn({ err: error, number }, 'the goods of an order cannot be had');
        return undefined;
      }
    },
    close: () => client.close(),
  };
}
