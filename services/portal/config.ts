import { z } from 'zod';
import { port } from '../shared/config';

const appId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/);

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
  /** Where demo order numbers come from; without it GET /api/order answers 503. */
  FAKE_ORDERS_URL: z.url({ protocol: /^https?$/ }).optional(),
};
