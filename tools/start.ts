import { provision } from './provision/index';
import { StackError } from './stack/errors';
import { requireForeign } from './stack/infrastructure';
import { repositoryRoot, stackPaths } from './stack/paths';
import { requireFreePorts } from './stack/ports';
import { allProcesses, prepareStack, rotateLogs, type StackPlan } from './stack/prepare';
import { isAnyRunning, newRecord, readRecord, removeRecord, writeRecord } from './stack/record';
import { runCommand } from './stack/run-command';
import { refuseWrongEnvironments } from './stack/service-config';
import { parseSettings } from './stack/settings';
import { killAll, shutDown } from './stack/shutdown';
import { startStack } from './stack/start-stack';
import { supervise } from './stack/supervise';

/** npm and the terminal may both deliver one Ctrl-C; only a later one is a second one. */
const SAME_CTRL_C_MS = 500;
const PARENT_POLL_MS = 500;
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** `npm start`: runs the whole system until Ctrl-C. */
async function main(): Promise<number> {
  const since = Date.now();
  const root = repositoryRoot();
  const settings = parseSettings(process.env, root);
  refuseSecond(stackPaths(settings.dataDir).record);
  const plan = prepareStack(settings, root, await provision());
  refuseWrongEnvironments(plan.apps, process.env);
  await requireFreePorts(allProcesses(plan));
  await requireForeign(plan);
  rotateLogs(plan.paths);
  writeRecord(plan.paths.record, newRecord(plan, process.pid));

  const stop = new AbortController();
  onStopSignals(plan, stop);
  surviveTerminal();
  const say = (what: string): void => console.log(`${seconds(since)}  ${what}`);
  try {
    await startStack(plan, say, stop.signal);
  } catch (error) {
    await stopStack(plan);
    if (stop.signal.aborted) return 130;
    throw error;
  }
  console.log(welcome(plan, since));
  await supervise(plan.paths.record, (what) => console.log(what), stop.signal);
  await stopStack(plan);
  return 0;
}

function refuseSecond(recordFile: string): void {
  const record = readRecord(recordFile);
  if (!record || !isAnyRunning(record)) return;
  throw new StackError(
    `A stack runs already on ${record.settings.dataDir} (process ${record.supervisor.pid}, portal ` +
      `http://127.0.0.1:${record.settings.portalPort}): npm run stop ends it, and another DATA_DIR and other ports run a second one.`,
  );
}

/** The first signal stops everything in order, a second one kills it. */
function onStopSignals(plan: StackPlan, stop: AbortController): void {
  let firstAt = 0;
  const handle = (): void => {
    if (firstAt === 0) {
      firstAt = Date.now();
      stop.abort();
      return;
    }
    if (Date.now() - firstAt < SAME_CTRL_C_MS) return;
    const record = readRecord(plan.paths.record);
    void (record ? killAll(record) : Promise.resolve()).then(() => {
      removeRecord(plan.paths.record);
      process.exit(130);
    });
  };
  STOP_SIGNALS.forEach((name) => process.on(name, handle));
  stopWithNpm(handle);
}

/** npm passes a SIGTERM on to the shell between it and us, which dies of it without a word to us. */
function stopWithNpm(stop: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    stop();
  }, PARENT_POLL_MS);
  watch.unref();
}

/** A terminal that is closed takes our output with it; the stack is stopped in order all the same. */
function surviveTerminal(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

async function stopStack(plan: StackPlan): Promise<void> {
  const since = Date.now();
  const record = readRecord(plan.paths.record);
  if (!record) return;
  console.log('\nstopping: services, sidecars, control plane, Kafka (once more Ctrl-C kills them)');
  const killed = await shutDown(record);
  removeRecord(plan.paths.record);
  if (killed.length > 0) console.log(`killed, for they did not end in time: ${killed.join(', ')}`);
  console.log(`stopped after ${seconds(since)}; the data stays in ${plan.settings.dataDir}`);
}

const seconds = (since: number): string => `${((Date.now() - since) / 1_000).toFixed(1)} s`.padStart(7);

function welcome(plan: StackPlan, since: number): string {
  const url = `http://127.0.0.1:${plan.settings.portalPort}`;
  return `
Gophermart is ready after ${seconds(since).trim()}.

  portal   ${url}
  logs     ${plan.paths.log}
  stop     Ctrl-C        look: npm run status

  TOKEN=$(curl -si ${url}/api/user/register -H 'Content-Type: application/json' -d '{"login":"ann'$(date +%s)'","password":"correct horse"}' | tr -d '\\r' | sed -n 's/^[Aa]uthorization: //p')
  curl -sw '%{http_code}\\n' ${url}/api/user/orders -H "Authorization: $TOKEN" -H 'Content-Type: text/plain' -d "$(curl -s http://127.0.0.1:${plan.settings.fakeOrdersPort}/api/order)"
  sleep 4; curl -s ${url}/api/user/orders -H "Authorization: $TOKEN"; curl -s ${url}/api/user/balance -H "Authorization: $TOKEN"
`;
}

runCommand(main);
