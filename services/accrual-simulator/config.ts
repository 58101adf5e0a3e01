import { z } from 'zod';
import { commonConfig, milliseconds, parseEnvironment, port } from '../shared/config';

/** A limit above this is none. */
export const MAX_RATE_PER_MINUTE = 1_000_000;

/** Reads the simulator's environment. @throws ConfigError in one sentence */
export const readConfig = (environment?: NodeJS.ProcessEnv) =>
  parseEnvironment(
    {
      LOG_LEVEL: commonConfig.LOG_LEVEL,
      HOST: z.string().default('127.0.0.1'),
      ACCRUAL_PORT: port.default(8090),
      /** From a registration to its result; 0: the first answer is the result. */
      PROCESSING_MS: milliseconds.default(1000),
      /** 0: no limit. */
      RATE_LIMIT_PER_MINUTE: z.coerce.number().int().min(0).max(MAX_RATE_PER_MINUTE).default(0),
      /** Where rules and orders outlive the process; without it they are in memory only. */
      DATA_FILE: z.string().optional(),
    },
    environment,
  );
