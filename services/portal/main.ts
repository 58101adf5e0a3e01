import { randomUUID } from 'node:crypto';
import { credentials } from '@grpc/grpc-js';
import { BillingServiceClient } from '../gen/gophermart/billing/v1/billing';
import { QueryServiceClient } from '../gen/gophermart/query/v1/query';
import { channelOptions } from '../shared/dapr/sidecar';
import { runService } from '../shared/service';
import { createBilling } from './adapters/billing-client';
import { createCalls } from './adapters/calls';
import { connectDapr, DaprLogins } from './adapters/dapr-logins';
import { createPurchases } from './adapters/fake-orders';
import { createQuery } from './adapters/query-client';
import { portalConfig } from './config';
import { createApp } from './http';
import { MarkMemory } from './marks';
import { createPasswords } from './passwords';
import { createReadiness } from './readiness';
import { createTokens, readTokenKeys } from './tokens';

runService('portal', portalConfig, async ({ config, sidecar, log }) => {
  const tokens = createTokens(readTokenKeys(config.TOKEN_KEYS_FILE), config.TOKEN_TTL_SECONDS, Date.now);
  const dapr = connectDapr(config.DAPR_GRPC_PORT, log);
  const logins = new DaprLogins(dapr.state, config.STATE_STORE, log);

  const channel = [sidecar.address, credentials.createInsecure(), channelOptions] as const;
  const billingClient = new BillingServiceClient(...channel);
  const queryClient = new QueryServiceClient(...channel);
  const billingCalls = createCalls(config.BILLING_APP_ID, log);
  const queryCalls = createCalls(config.QUERY_APP_ID, log);
  const breakers = [logins.breaker, billingCalls.breaker, queryCalls.breaker];

  const app = createApp({
    logins,
    billing: createBilling(billingClient, billingCalls),
    query: createQuery(queryClient, queryCalls),
    purchases: createPurchases(config.FAKE_ORDERS_URL),
    readiness: createReadiness(() => sidecar.runtimeVersion(), breakers),
    tokens,
    passwords: await createPasswords(),
    marks: new MarkMemory(),
    log,
    secureCookies: config.COOKIE_SECURE,
    newId: randomUUID,
    now: Date.now,
  });

  return {
    http: { port: config.PORTAL_PORT, host: config.HOST, listener: app },
    close: async () => {
      for (const breaker of breakers) breaker.close();
      billingClient.close();
      queryClient.close();
      await dapr.stop();
    },
  };
});
