import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { provision } from '../../../tools/provision/index';
import { startInfrastructure } from '../../../tools/stack/infrastructure';
import { repositoryRoot, stackPaths, type StackPaths } from '../../../tools/stack/paths';
import { isRunning } from '../../../tools/stack/process-table';
import { prepareStack } from '../../../tools/stack/prepare';
import { isReady, launch, signal, waitReady, waitUntil } from '../../../tools/stack/processes';
import {
  newRecord,
  readRecord,
  recordProcess,
  writeRecord,
  type RunningProcess,
  type RunRecord,
} from '../../../tools/stack/record';
import { INTERNAL_PORTS, kafkaBrokers, parseSettings, type Settings } from '../../../tools/stack/settings';
import { killAll, shutDown } from '../../../tools/stack/shutdown';
import { planExtraApp, type ExtraApp, type ExtraReplica } from './extra-app';
import { freePorts } from './ports';

const READY_TIMEOUT_MS = 60_000;
const SIGNAL_TIMEOUT_MS = 10_000;
const PUBLIC_PORTS = ['PORTAL', 'FAKE_ORDERS', 'ACCRUAL', 'KAFKA'] as const;

export interface StackOptions {
  /** Emptied first. Its logs stay when the stack is stopped. */
  dataDir: string;
  /** Variables that dapr.yaml names, such as PROCESSING_MS of the simulator. */
  environment?: Record<string, string>;
}

/**
 * A whole system on the real runtime, on ports and data of its own, its processes started directly (no CLI), so
 * that a test can kill any of them and start it again. All it knows is in its run record: several test files, in
 * several processes, may hold the same stack.
 */
export class Stack {
  readonly #paths: StackPaths;

  private constructor(readonly settings: Settings) {
    this.#paths = stackPaths(settings.dataDir);
  }

  /** Starts everything and waits until all of it is ready. @throws StackError; nothing is left running then */
  static async start(options: StackOptions): Promise<Stack> {
    const root = repositoryRoot();
    if (!existsSync(join(root, 'dist', 'services'))) throw new Error('dist/ is missing: npm run build');
    await clear(options.dataDir);
    const environment = { ...options.environment, ...(await ownPorts()), DATA_DIR: options.dataDir };
    const plan = prepareStack(parseSettings(environment, root), root, await provision());
    const record = newRecord(plan, process.pid);
    writeRecord(plan.paths.record, record);
    const stack = new Stack(record.settings);
    try {
      await startInfrastructure(plan, () => undefined);
      await stack.#startAll();
    } catch (error) {
      await stack.stop();
      throw error;
    }
    return stack;
  }

  /** The stack that some process has started on the same folder. */
  static attach(dataDir: string): Stack {
    const record = readRecord(stackPaths(dataDir).record);
    if (!record) throw new Error(`no stack runs on ${dataDir}`);
    return new Stack(record.settings);
  }

  get portalUrl(): string {
    return `http://127.0.0.1:${this.settings.portalPort}`;
  }

  get fakeOrdersUrl(): string {
    return `http://127.0.0.1:${this.settings.fakeOrdersPort}`;
  }

  /** The calculator's simulator; its strings are under /control. */
  get accrualUrl(): string {
    return `http://127.0.0.1:${this.settings.accrualPort}`;
  }

  get controlUrl(): string {
    return `${this.accrualUrl}/control`;
  }

  get brokers(): string {
    return kafkaBrokers(this.settings);
  }

  /** The id by which sidecars know an app of this stack. */
  appId(name: string): string {
    return `${name}-${this.#record().stackId}`;
  }

  /** The names of all processes: `kafka`, `placement`, `scheduler`, `billing`, `billing-daprd`, … */
  get names(): string[] {
    return this.#record().processes.map(({ spec }) => spec.name);
  }

  isRunning(name: string): boolean {
    return isRunning(this.#find(name));
  }

  pid(name: string): number {
    return this.#find(name).pid;
  }

  /** The ports a process listens on, by their purpose (`ops`, `grpc`, `http`, …). */
  ports(name: string): Record<string, number> {
    return this.#find(name).spec.ports;
  }

  /**
   * Sends a signal to one process, and waits until it is gone when the signal is one that ends it.
   * SIGSTOP freezes it, SIGCONT wakes it.
   */
  async kill(name: string, signalName: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const running = this.#find(name);
    if (!signal(running, signalName)) throw new Error(`${name} does not run`);
    if (['SIGSTOP', 'SIGCONT'].includes(signalName)) return;
    const gone = await waitUntil(() => !isRunning(running), SIGNAL_TIMEOUT_MS);
    if (!gone) throw new Error(`${name} is still there ${SIGNAL_TIMEOUT_MS} ms after ${signalName}`);
  }

  /**
   * Starts a process that was killed.
   * @param options.wait until it is ready; an app is not, as long as its sidecar is down
   */
  async start(name: string, options: { wait?: boolean } = {}): Promise<void> {
    const { spec } = this.#find(name);
    if (this.isRunning(name)) throw new Error(`${name} runs already`);
    const running = await launch(spec);
    recordProcess(this.#paths.record, running);
    if (options.wait ?? true) await waitReady(running, () => isReady(spec), READY_TIMEOUT_MS);
  }

  /** Waits until a process is ready. @throws StackError when it is not in time, or ends */
  async ready(name: string): Promise<void> {
    const running = this.#find(name);
    await waitReady(running, () => isReady(running.spec), READY_TIMEOUT_MS);
  }

  /**
   * Starts another app on the same broker and control plane: one or more replicas under one app id, a sidecar
   * each, and one state store of their own. They are stopped with the stack.
   */
  async extraApp(app: ExtraApp): Promise<ExtraReplica[]> {
    const replicas = await planExtraApp(app, this.#record(), this.#daprd());
    for (const spec of replicas.flatMap(({ specs }) => specs)) {
      recordProcess(this.#paths.record, await launch(spec));
    }
    await Promise.all(replicas.map(({ name }) => this.ready(name)));
    return replicas;
  }

  /** Stops everything in order and throws the data away, but not the logs. */
  async stop(): Promise<void> {
    const record = readRecord(this.#paths.record);
    if (!record) return;
    await shutDown(record);
    keepLogsOnly(this.settings.dataDir);
  }

  /** Kills everything at once. */
  async killAll(): Promise<void> {
    await killAll(this.#record());
  }

  async #startAll(): Promise<void> {
    const waiting = this.#record().processes.filter(({ spec }) => ['app', 'sidecar'].includes(spec.kind));
    for (const { spec } of waiting) recordProcess(this.#paths.record, await launch(spec));
    await Promise.all(waiting.map(({ spec }) => this.ready(spec.name)));
  }

  /** The runtime that the services' sidecars run too. */
  #daprd(): string {
    return this.#find('portal-daprd').spec.command;
  }

  #record(): RunRecord {
    const record = readRecord(this.#paths.record);
    if (!record) throw new Error(`no stack runs on ${this.settings.dataDir}`);
    return record;
  }

  #find(name: string): RunningProcess {
    const found = this.#record().processes.find(({ spec }) => spec.name === name);
    if (!found) throw new Error(`the stack has no process ${name}, only ${this.names.join(', ')}`);
    return found;
  }
}

/** Ends what an interrupted test run has left on the folder, and empties it. */
async function clear(dataDir: string): Promise<void> {
  const left = readRecord(stackPaths(dataDir).record);
  if (left && left.supervisor.pid !== process.pid && isRunning(left.supervisor)) {
    throw new Error(`process ${left.supervisor.pid} runs a stack on ${dataDir}`);
  }
  if (left) await killAll(left);
  rmSync(dataDir, { recursive: true, force: true });
}

async function ownPorts(): Promise<Record<string, string>> {
  const base = await freePorts(INTERNAL_PORTS + PUBLIC_PORTS.length);
  const named = PUBLIC_PORTS.map((name, at) => [`${name}_PORT`, String(base + INTERNAL_PORTS + at)]);
  return { PORT_BASE: String(base), ...Object.fromEntries(named) };
}

function keepLogsOnly(dataDir: string): void {
  const paths = stackPaths(dataDir);
  for (const name of readdirSync(dataDir)) {
    if (join(dataDir, name) !== paths.log) rmSync(join(dataDir, name), { recursive: true, force: true });
  }
}
