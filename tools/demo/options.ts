import { parseArgs } from 'node:util';
import { z } from 'zod';
import { StackError } from '../stack/errors';

const MAX_CUSTOMERS = 500;
const MAX_MINUTES = 600;
const MINUTE_MS = 60_000;

export interface DemoOptions {
  customers: number;
  durationMs: number;
  /** The portal; undefined: that of the stack that runs here. */
  url: string | undefined;
}

const shape = z.object({
  customers: z.coerce.number().int().min(1).max(MAX_CUSTOMERS).default(20),
  minutes: z.coerce.number().positive().max(MAX_MINUTES).default(2),
  url: z.url({ protocol: /^https?$/ }).optional(),
});

const USE =
  'use: npm run demo -- [--customers 20] [--minutes 2] [--url http://127.0.0.1:8080]   ' +
  `at most ${MAX_CUSTOMERS} customers, ${MAX_MINUTES} minutes`;

/** @throws StackError with how to use it */
export function parseDemoOptions(args: string[]): DemoOptions {
  const text = { type: 'string' } as const;
  let values: Record<string, string | undefined>;
  try {
    ({ values } = parseArgs({ args, options: { customers: text, minutes: text, url: text } }));
  } catch (error) {
    throw new StackError(`${(error as Error).message}\n${USE}`);
  }
  const parsed = shape.safeParse(values);
  if (!parsed.success) throw new StackError(USE);
  const { customers, minutes, url } = parsed.data;
  return { customers, durationMs: minutes * MINUTE_MS, url: url?.replace(/\/+$/, '') };
}
