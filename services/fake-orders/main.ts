import { setTimeout as delay } from 'node:timers/promises';
import { UnimplementedFakeOrdersServiceService } from '../gen/gophermart/fakeorders/v1/fake_orders';
import { runService } from '../shared/service';
import { fakeOrdersConfig } from './config';
import { createImplementation } from './grpc';
import { createApp } from './http';
import { keepSeeded, offerTo } from './seeding';

runService('fake-orders', fakeOrdersConfig, ({ config, log }) => {
  const end = new AbortController();
  const seeding = {
    offer: offerTo(config.ACCRUAL_ADDRESS),
    pause: (ms: number) => delay(ms, undefined, { signal: end.signal }),
    log,
  };
  return {
    grpc: [
      {
        definition: UnimplementedFakeOrdersServiceService.definition,
        implementation: createImplementation(log),
      },
    ],
    http: { port: config.FAKE_ORDERS_PORT, host: config.HOST, listener: createApp() },
    started: () => {
      keepSeeded(seeding).catch((error: unknown) => {
        if (!end.signal.aborted) log.error({ err: error }, 'the seeding of reward rules has ended');
      });
    },
    close: () => end.abort(),
  };
});
