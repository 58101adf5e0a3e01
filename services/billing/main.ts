import { UnimplementedBillingServiceService } from '../gen/gophermart/billing/v1/billing';
import { actorClient } from '../shared/dapr/client';
import { runService } from '../shared/service';
import { accountActor } from './actors/account';
import { orderActor } from './actors/order';
import { registerActor } from './actors/register';
import { billingConfig } from './config';
import { billingService } from './grpc';
import { billingMetrics } from './metrics';
import { subscriptions } from './subscriptions';

runService('billing', billingConfig, ({ config, sidecar, log, metrics }) => {
  const order = orderActor(config.WATCHDOG_FIRST_MS);
  const orders = actorClient(sidecar, order);
  const accounts = actorClient(sidecar, accountActor);
  const registers = actorClient(sidecar, registerActor);
  return {
    grpc: [
      {
        definition: UnimplementedBillingServiceService.definition,
        implementation: billingService(orders, accounts, registers, log),
      },
    ],
    actors: { store: config.STATE_STORE, definitions: [order, accountActor, registerActor] },
    subscriptions: subscriptions(orders, accounts, billingMetrics(metrics), log),
  };
});
