import { pino, type Logger } from 'pino';

export type { Logger } from 'pino';

/** The one logger of a process: JSON lines on stdout. */
export function createLogger(service: string, level: string): Logger {
  return pino({
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: ['*.password', '*.token', '*.authorization', '*.cookie'],
  });
}
