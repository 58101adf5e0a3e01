import { randomUUID } from 'node:crypto';
import { credentials } from '@grpc/grpc-js';
import type { z } from 'zod';
import { BillingServiceClient } from '../gen/gophermart/billing/v1/billing';
import { QueryServiceClient } from '../gen/gophermart/query/v1/query';
import { pause } from '../shared/dapr/backoff';
import { channelOptions } from '../shared/dapr/sidecar';
import { runService } from '../shared/service';
import { createBilling } from './adapters/billing-client';
import { createCalls } from './adapters/calls';
import { CHANGES_DEADLINE_MS, createChanges } from './adapters/changes-client';
import { connectDapr, DaprLogins } from './adapters/dapr-logins';
import { createPurchases } from './adapters/fake-orders';
import { createQuery } from './adapters/query-client';
import { portalConfig } from './config';
import { Feeds } from './events/feeds';
import { createApp } from './http';
import { MarkMemory } from './marks';
import { breakerMetrics } from './metrics';
import { createPasswords } from './passwords';
import { createRateLimits, noRateLimits, type RateLimits } from './rate-limits';
import { createReadiness } from './readiness';
import { HEARTBEAT_MS } from './routes/events';
import { createTokens, readTokenKeys } from './tokens';

runService('portal', portalConfig, async ({ config, sidecar, log, metrics }) => {
  const tokens = createTokens(readTokenKeys(config.TOKEN_KEYS_FILE), config.TOKEN_TTL_SECONDS, Date.now);
  const dapr = connectDapr(config.DAPR_GRPC_PORT, log);
  const logins = new DaprLogins(dapr.state, config.STATE_STORE, log);

  const channel = [sidecar.address, credentials.createInsecure(), channelOptions] as const;
  const billingClient = new BillingServiceClient(...channel);
  const queryClient = new QueryServiceClient(...channel);
  const billingCalls = createCalls(config.BILLING_APP_ID, log);
  const queryCalls = createCalls(config.QUERY_APP_ID, log);
  const breakers = [logins.breaker, billingCalls.breaker, queryCalls.breaker];

  const changesCalls = createCalls(config.QUERY_APP_ID, log, CHANGES_DEADLINE_MS);
  const feeds = new Feeds(createChanges(queryClient, changesCalls), log, { nowMs: Date.now, pause });

  breakerMetrics(metrics, breakers);

  const app = createApp({
    logins,
    billing: createBilling(billingClient, billingCalls),
    query: createQuery(queryClient, queryCalls),
    feeds,
    purchases: createPurchases(config.FAKE_ORDERS_URL),
    readiness: createReadiness(() => sidecar.runtimeVersion(), breakers),
    tokens,
    passwords: await createPasswords(),
    marks: new MarkMemory(),
    rateLimits: rateLimits(config),
    metrics,
    log,
    secureCookies: config.COOKIE_SECURE,
    publicOrigin: config.PUBLIC_ORIGIN,
    trustedProxies: config.TRUSTED_PROXIES,
    maxRequestsUnderWay: config.MAX_REQUESTS_UNDER_WAY,
    heartbeatMs: HEARTBEAT_MS,
    newId: randomUUID,
    now: Date.now,
  });

  return {
    http: { port: config.PORTAL_PORT, host: config.HOST, listener: app },
    stopping: () => feeds.end(),
    close: async () => {
      for (const breaker of [...breakers, changesCalls.breaker]) breaker.close();
      billingClient.close();
      queryClient.close();
      await dapr.stop();
    },
  };
});

function rateLimits(config: z.infer<z.ZodObject<typeof portalConfig>>): RateLimits {
  if (config.RATE_LIMITS === 'off') return noRateLimits;
  return createRateLimits({
    requestsPerMinute: config.REQUESTS_PER_ADDRESS_PER_MINUTE,
    credentialsPerMinute: config.CREDENTIALS_PER_ADDRESS_PER_MINUTE,
    wrongPasswordsPerMinute: config.WRONG_PASSWORDS_PER_ADDRESS_AND_LOGIN_PER_MINUTE,
    wrongPasswordsPerLoginPerMinute: config.WRONG_PASSWORDS_PER_LOGIN_PER_MINUTE,
  });
}
