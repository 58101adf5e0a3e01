import { z } from 'zod';
import { port } from '../shared/config';

/** What fake-orders reads from its environment beside what every service does. */
export const fakeOrdersConfig = {
  HOST: z.string().default('127.0.0.1'),
  FAKE_ORDERS_PORT: port.default(8060),
  /** Where the calculator is told the reward rules of the catalogue. */
  ACCRUAL_ADDRESS: z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:8090'),
};
