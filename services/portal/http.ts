import compression from 'compression';
import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { Registry } from 'prom-client';
import type { Logger } from '../shared/log';
import { boundPerAccount } from './account-bound';
import { addressOfOperation, operationNames, type OperationName } from './api/contract';
import { docsRoutes } from './api/docs';
import { Consistency } from './consistency';
import type { Feeds } from './events/feeds';
import { answerFailures, methodNotAllowed, notFound } from './failures';
import { createGate, limitCredentials, limitRequests, refuseForeignOrigins } from './guards';
import type { MarkMemory } from './marks';
import { feedMetrics, gateMetrics, requestMetrics } from './metrics';
import type { Passwords } from './passwords';
import type { Billing, Logins, Purchases, Query, Readiness } from './ports';
import type { RateLimits } from './rate-limits';
import { pageRoutes } from './page';
import { MAX_JSON_BYTES, MAX_ORDER_BYTES, readBody } from './request-body';
import { requestLog } from './request-log';
import { balance, listWithdrawals, statement, withdraw } from './routes/balance';
import { events } from './routes/events';
import { listOrders, oneOrder, uploadOrder } from './routes/orders';
import { demoOrder, healthz, readyz } from './routes/service';
import { changePassword, login, logout, register } from './routes/user';
import { cookieOptions, requireSession } from './session';
import { Sessions } from './sessions';
import type { Tokens } from './tokens';

export interface PortalPorts {
  logins: Logins;
  billing: Billing;
  query: Query;
  feeds: Feeds;
  purchases: Purchases;
  readiness: Readiness;
  tokens: Tokens;
  passwords: Passwords;
  marks: MarkMemory;
  rateLimits: RateLimits;
  metrics: Registry;
  log: Logger;
  /** True where customers come by TLS only. */
  secureCookies: boolean;
  /** Where browsers find the portal; by default whatever the Host header names. */
  publicOrigin?: string | undefined;
  /** Proxies in front whose X-Forwarded-For is believed. */
  trustedProxies: number;
  maxRequestsUnderWay: number;
  /** Of event streams. */
  heartbeatMs: number;
  /** Makes ids that are unique for ever. */
  newId: () => string;
  /** Epoch milliseconds. */
  now: () => number;
}

/** The handlers of one address; GET answers HEAD too. */
export type Methods = { get?: RequestHandler[]; post?: RequestHandler[] };

/** The public REST API, as an Express application that stands on its ports alone. */
export function createApp(ports: PortalPorts): Express {
  const metrics = requestMetrics(ports.metrics);
  const gate = createGate(ports.maxRequestsUnderWay);
  gateMetrics(ports.metrics, () => gate.underWay);
  feedMetrics(ports.metrics, () => ports.feeds.open);
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', 'simple');
  app.set('trust proxy', ports.trustedProxies);
  app.use(requestLog(ports.log, metrics));
  app.use(helmet({ strictTransportSecurity: ports.secureCookies }));
  app.use('/api', neverCached, gate.handler, limitRequests(ports.rateLimits));
  for (const [path, methods] of Object.entries(routes(ports))) serve(app, path, methods);
  app.use(notFound);
  app.use(answerFailures(ports.log, metrics));
  return app;
}

/** Every address: the API's operations as api/contract.ts tells them, and what is served to browsers. */
function routes(ports: PortalPorts): Record<string, Methods> {
  const table: Record<string, Methods> = { ...pageRoutes(), ...docsRoutes() };
  const handlers = operationHandlers(ports);
  for (const name of operationNames) {
    const { method, path } = addressOfOperation(name);
    const expressPath = path.replace(/\{(\w+)\}/g, ':$1');
    table[expressPath] = { ...table[expressPath], [method]: handlers[name] };
  }
  return table;
}

/** What each operation passes on its way. A customer is known before a byte of the body is read. */
function operationHandlers(ports: PortalPorts): Record<OperationName, RequestHandler[]> {
  const cookies = cookieOptions(ports.secureCookies);
  const sessions = new Sessions(ports);
  const consistency = new Consistency(ports.marks, cookies);
  const customer = requireSession(sessions);
  const reader = [customer, boundPerAccount()];
  const writer = [...reader, refuseForeignOrigins(ports.publicOrigin)];
  const costly = limitCredentials(ports.rateLimits);
  const jsonBody = readBody(MAX_JSON_BYTES);
  const orderBody = readBody(MAX_ORDER_BYTES);
  // only lists are ever long enough
  const compressed = compression();
  return {
    'POST /api/user/register': [costly, jsonBody, register(ports, sessions, cookies)],
    'POST /api/user/login': [costly, jsonBody, login(ports, sessions, cookies)],
    'POST /api/user/logout': [...writer, logout(sessions, cookies)],
    'POST /api/user/password': [costly, ...writer, jsonBody, changePassword(ports, sessions, cookies)],
    'POST /api/user/orders': [...writer, orderBody, uploadOrder(ports, consistency)],
    'GET /api/user/orders': [...reader, compressed, listOrders(ports, consistency)],
    'GET /api/user/orders/{number}': [...reader, oneOrder(ports, consistency)],
    'GET /api/user/balance': [...reader, balance(ports, consistency)],
    'POST /api/user/balance/withdraw': [...writer, jsonBody, withdraw(ports, consistency)],
    'GET /api/user/withdrawals': [...reader, compressed, listWithdrawals(ports, consistency)],
    'GET /api/user/statement': [...reader, compressed, statement(ports, consistency)],
    'GET /api/user/events': [customer, events(ports, sessions)],
    'GET /api/order': [demoOrder(ports)],
    'GET /healthz': [healthz],
    'GET /readyz': [readyz(ports)],
  };
}

function serve(app: Express, path: string, { get, post }: Methods): void {
  const route = app.route(path);
  if (get) route.get(...get);
  if (post) route.post(...post);
  route.all(methodNotAllowed([...(get ? ['GET', 'HEAD'] : []), ...(post ? ['POST'] : [])].join(', ')));
}

const neverCached: RequestHandler = (_request, response, next) => {
  response.set('Cache-Control', 'no-store');
  next();
};
