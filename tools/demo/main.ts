import { setTimeout as delay } from 'node:timers/promises';
import { StackError } from '../stack/errors';
import { repositoryRoot, stackPaths } from '../stack/paths';
import { isAnyRunning, readRecord } from '../stack/record';
import { runCommand } from '../stack/run-command';
import { parseSettings } from '../stack/settings';
import { Client } from './client';
import { DemoCustomer } from './customer';
import { parseDemoOptions, type DemoOptions } from './options';
import { endAfter, newController } from './signals';
import { formatTally, Tally } from './tally';

const MAX_REQUESTS_UNDER_WAY = 32;
/** At the end, orders under way are waited for so long. */
const LAST_ORDERS_MS = 15_000;
const POLL_MS = 100;
const TTY_REFRESH_MS = 500;
const PLAIN_REFRESH_MS = 5_000;

/** `npm run demo`: invented customers use the public API, and leave something to look at. */
async function main(): Promise<number> {
  const options = parseDemoOptions(process.argv.slice(2));
  const url = options.url ?? portalHere();
  await refuseWithoutPortal(url);
  const stop = newController();
  const onSignal = (): void => stop.abort();
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  const tally = new Tally();
  const client = new Client(url, tally, stop.signal, MAX_REQUESTS_UNDER_WAY);
  const customers = Array.from({ length: options.customers }, () => new DemoCustomer(client, tally));
  console.log(
    `${options.customers} customers at ${url} for ${options.durationMs / 60_000} min; Ctrl-C ends it`,
  );
  const endLine = showLine(tally);
  const errors = await play(customers, tally, options, stop.signal);
  endLine();
  sayHowItWent(errors, tally);
  const [shown] = customers;
  if (tally.customers > 0 && shown) {
    console.log(`\nLook at one of them: ${url}/   login ${shown.login}   password ${shown.password}`);
  }
  return errors.length > 0 ? 1 : 0;
}

/** @returns what has ended a customer before the time */
async function play(
  customers: DemoCustomer[],
  tally: Tally,
  { durationMs }: DemoOptions,
  stopped: AbortSignal,
): Promise<unknown[]> {
  const over = endAfter(durationMs, stopped);
  const silent = newController();
  stopped.addEventListener('abort', () => silent.abort());
  const errors: unknown[] = [];
  const lives = customers.map(async (customer) => {
    try {
      await customer.register();
      void customer.listen(silent.signal);
      await customer.live(over.signal);
    } catch (error) {
      if (!stopped.aborted) errors.push(error);
    }
  });
  await Promise.all(lives);
  over.release();
  for (
    let waitedMs = 0;
    tally.underWay > 0 && waitedMs < LAST_ORDERS_MS && !stopped.aborted;
    waitedMs += POLL_MS
  ) {
    await delay(POLL_MS);
  }
  silent.abort();
  return errors;
}

function portalHere(): string {
  const { dataDir } = parseSettings(process.env, repositoryRoot());
  const record = readRecord(stackPaths(dataDir).record);
  if (!record || !isAnyRunning(record)) {
    throw new StackError(`Nothing runs on ${dataDir}: npm start, or name a portal with --url.`);
  }
  return `http://127.0.0.1:${record.settings.portalPort}`;
}

async function refuseWithoutPortal(url: string): Promise<void> {
  const answer = await fetch(`${url}/healthz`).catch(() => undefined);
  if (!answer?.ok) throw new StackError(`No portal answers at ${url}.`);
}

/** Shows what happens as it happens: one line on a terminal, one now and then elsewhere. @returns ends it */
function showLine(tally: Tally): () => void {
  const sinceMs = Date.now();
  const tty = process.stdout.isTTY;
  const show = (end: string): void => {
    const line = formatTally(tally, Date.now() - sinceMs);
    process.stdout.write(tty ? `\r\x1b[K${line.slice(0, process.stdout.columns - 1)}${end}` : `${line}\n`);
  };
  const ticker = setInterval(() => show(''), tty ? TTY_REFRESH_MS : PLAIN_REFRESH_MS);
  return () => {
    clearInterval(ticker);
    process.stdout.write(tty ? '\r\x1b[K' : '');
    console.log(formatTally(tally, Date.now() - sinceMs));
  };
}

function sayHowItWent(errors: unknown[], tally: Tally): void {
  if (tally.underWay > 0) console.log(`${tally.underWay} orders are still under way.`);
  const [first] = errors;
  if (first) console.error(`${errors.length} customers gave up; the first: ${(first as Error).message}`);
}

runCommand(main);
