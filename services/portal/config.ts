import { z } from 'zod';
import { port } from '../shared/config';

const appId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/);

const count = z.coerce.number().int().min(1).max(10_000_000);

/** What the portal reads from its environment, beside what every service reads. */
export const portalConfig = {
  /** The public HTTP API. */
  PORTAL_PORT: port.default(8080),
  /** The address it listens on: 0.0.0.0 in a container. */
  HOST: z.string().min(1).default('127.0.0.1'),
  TOKEN_KEYS_FILE: z.string().min(1),
  TOKEN_TTL_SECONDS: z.coerce.number().int().min(60).max(31_536_000).default(86_400),
  /** True where customers come by TLS only. */
  COOKIE_SECURE: z.stringbool().default(false),
  BILLING_APP_ID: appId.default('billing'),
  QUERY_APP_ID: appId.default('query'),
  STATE_STORE: z.string().min(1).default('state-portal'),
  /** Proxies in front whose X-Forwarded-For is believed; 0: the address is that of the connection. */
  TRUSTED_PROXIES: z.coerce.number().int().min(0).max(16).default(0),
  /** Where browsers find the portal, e.g. https://points.example; by default whatever the Host header names. */
  PUBLIC_ORIGIN: z
    .string()
    .regex(/^https?:\/\/[^/]+$/)
    .optional(),
  /** `off` for load tests. */
  RATE_LIMITS: z.enum(['on', 'off']).default('on'),
  REQUESTS_PER_ADDRESS_PER_MINUTE: count.default(60_000),
  CREDENTIALS_PER_ADDRESS_PER_MINUTE: count.default(600),
  WRONG_PASSWORDS_PER_ADDRESS_AND_LOGIN_PER_MINUTE: count.default(10),
  WRONG_PASSWORDS_PER_LOGIN_PER_MINUTE: count.default(100),
  /** More than so many at once are answered 503. */
  MAX_REQUESTS_UNDER_WAY: count.default(1_000),
  /** Where demo order numbers come from; without it GET /api/order answers 503. */
  FAKE_ORDERS_URL: z.url({ protocol: /^https?$/ }).optional(),
};
