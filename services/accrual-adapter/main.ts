import { actorClient } from '../shared/dapr/client';
import { runService } from '../shared/service';
import { accrualCheckActor } from './actors/accrual-check';
import { createCalculator } from './calculator';
import { adapterConfig } from './config';
import { RateGate } from './gate';
import { createGoodsSource } from './goods';
import { observed, observeGuards } from './observed';
import { subscriptions } from './subscriptions';

runService('accrual-adapter', adapterConfig, ({ config, sidecar, log, metrics }) => {
  const { now } = Date;
  const { random } = Math;
  const http = createCalculator({ address: config.ACCRUAL_ADDRESS, now, random });
  const goods = createGoodsSource(sidecar.address, config.FAKE_ORDERS_APP_ID, log);
  const gate = new RateGate(random);
  observeGuards(http.breaker, gate, now, metrics, log);
  const calculator = observed(http, metrics, log);
  const accrualCheck = accrualCheckActor({ calculator, goods, gate, random, now });
  return {
    actors: { store: config.STATE_STORE, definitions: [accrualCheck] },
    subscriptions: subscriptions(actorClient(sidecar, accrualCheck)),
    close: () => {
      goods.close();
      http.close();
    },
  };
});
