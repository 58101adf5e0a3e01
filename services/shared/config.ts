import { z } from 'zod';

/** An environment that a service cannot run with, told in one sentence. */
export class ConfigError extends Error {}

export const port = z.coerce.number().int().min(1).max(65_535);
export const milliseconds = z.coerce.number().int().min(0).max(86_400_000);

/** What every service reads from its environment. */
export const commonConfig = {
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** The service's own gRPC server: Dapr's app channel. */
  APP_PORT: port,
  /** Health, readiness and metrics, for operators only. */
  OPS_PORT: port,
  DAPR_GRPC_PORT: port,
};

/**
 * Parses the environment once, at start.
 * @throws ConfigError naming every variable that is missing or wrong
 */
export function parseEnvironment<S extends z.ZodRawShape>(
  shape: S,
  environment: NodeJS.ProcessEnv = process.env,
): z.infer<z.ZodObject<S>> {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = z.object(shape).safeParse(given);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    return given[name] === undefined ? `${name} is missing` : `${name} is wrong (${issue.message})`;
  });
  throw new ConfigError(`The configuration does not do: ${wrong.join('; ')}.`);
}
