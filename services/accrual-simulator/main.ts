import { ConfigError } from '../shared/config';
import { createLogger } from '../shared/log';
import { readConfig } from './config';
import { Calculator } from './domain/calculator';
import { createApp } from './http';
import { openJournal } from './journal';

/** How long open connections may hold up the end of the process. */
const CLOSE_WITHIN_MS = 2000;

async function main(): Promise<void> {
  const config = readConfig();
  const log = createLogger('accrual-simulator', config.LOG_LEVEL);
  const journal = openJournal(config.DATA_FILE);
  const calculator = new Calculator(journal.append);
  const torn = await journal.replayInto((fact) => calculator.replay(fact));
  if (torn > 0) log.warn({ torn }, 'lines of the journal could not be read');

  const behaviour = {
    processing_ms: config.PROCESSING_MS,
    latency_ms: 0,
    rate_limit_per_minute: config.RATE_LIMIT_PER_MINUTE,
    rate_window_ms: 60_000,
    fail_next: { count: 0, status: 500 },
    unknown: [],
  };
  const server = createApp(calculator, behaviour, Date.now).listen(config.ACCRUAL_PORT, config.HOST);
  server.once('listening', () => log.info({ port: config.ACCRUAL_PORT, ...calculator.counts }, 'ready'));
  server.once('error', fail);

  const stop = (): void => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), CLOSE_WITHIN_MS).unref();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

function fail(error: Error): void {
  const sentence =
    error instanceof ConfigError ? error.message : `The calculator cannot run: ${error.message}`;
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

main().catch(fail);
