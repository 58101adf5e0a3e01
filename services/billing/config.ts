import { z } from 'zod';
import { milliseconds } from '../shared/config';

/** Billing's environment, beside what every service reads. */
export const billingConfig = {
  STATE_STORE: z.string().min(1).default('state-billing'),
  /** From an order's upload to the first look whether it still waits for its accrual. */
  WATCHDOG_FIRST_MS: milliseconds.min(1).default(30_000),
};
