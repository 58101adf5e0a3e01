import { z } from 'zod';

/** Query's environment, beside what every service reads. */
export const queryConfig = {
  STATE_STORE: z.string().min(1).default('state-query'),
};
