import { z } from 'zod';

/** What the adapter reads from its environment beside what every service does. */
export const adapterConfig = {
  /** The calculator. */
  ACCRUAL_ADDRESS: z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:8090'),
  FAKE_ORDERS_APP_ID: z.string().min(1).default('fake-orders'),
  STATE_STORE: z.string().min(1).default('state-accrual-adapter'),
};
