import compression from 'compression';
import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { Logger } from '../shared/log';
import { Consistency } from './consistency';
import { answerFailures, methodNotAllowed, notFound } from './failures';
import type { MarkMemory } from './marks';
import type { Passwords } from './passwords';
import type { Billing, Logins, Purchases, Query, Readiness } from './ports';
import { MAX_JSON_BYTES, MAX_ORDER_BYTES, readBody } from './request-body';
import { requestLog } from './request-log';
import { balance, listWithdrawals, withdraw } from './routes/balance';
import { listOrders, uploadOrder } from './routes/orders';
import { demoOrder, healthz, readyz } from './routes/service';
import { login, register } from './routes/user';
import { cookieOptions, requireSession } from './session';
import type { Tokens } from './tokens';

export interface PortalPorts {
  logins: Logins;
  billing: Billing;
  query: Query;
  purchases: Purchases;
  readiness: Readiness;
  tokens: Tokens;
  passwords: Passwords;
  marks: MarkMemory;
  log: Logger;
  /** True where customers come by TLS only. */
  secureCookies: boolean;
  /** Makes ids that are unique for ever. */
  newId: () => string;
  /** Epoch milliseconds. */
  now: () => number;
}

/** What an address answers to; GET answers HEAD too. */
type Methods = { get?: RequestHandler[]; post?: RequestHandler[] };

/** The public REST API, as an Express application that stands on its ports alone. */
export function createApp(ports: PortalPorts): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', 'simple');
  app.use(requestLog(ports.log));
  app.use(helmet({ strictTransportSecurity: ports.secureCookies }));
  app.use('/api', neverCached);
  for (const [path, methods] of Object.entries(routes(ports))) serve(app, path, methods);
  app.use(notFound);
  app.use(answerFailures(ports.log));
  return app;
}

/** Every address of the API. A customer is known before a byte of the body is read. */
function routes(ports: PortalPorts): Record<string, Methods> {
  const cookies = cookieOptions(ports.secureCookies);
  const consistency = new Consistency(ports.marks, cookies);
  const customer = requireSession(ports.tokens);
  const jsonBody = readBody(MAX_JSON_BYTES);
  const orderBody = readBody(MAX_ORDER_BYTES);
  // only lists are ever long enough
  const compressed = compression();
  return {
    '/api/user/register': { post: [jsonBody, register(ports, cookies)] },
    '/api/user/login': { post: [jsonBody, login(ports, cookies)] },
    '/api/user/orders': {
      get: [customer, compressed, listOrders(ports, consistency)],
      post: [customer, orderBody, uploadOrder(ports, consistency)],
    },
    '/api/user/balance': { get: [customer, balance(ports, consistency)] },
    '/api/user/balance/withdraw': { post: [customer, jsonBody, withdraw(ports, consistency)] },
    '/api/user/withdrawals': { get: [customer, compressed, listWithdrawals(ports, consistency)] },
    '/api/order': { get: [demoOrder(ports)] },
    '/healthz': { get: [healthz] },
    '/readyz': { get: [readyz(ports)] },
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
