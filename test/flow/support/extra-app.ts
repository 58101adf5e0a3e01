import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { repositoryRoot, stackPaths, type StackPaths } from '../../../tools/stack/paths';
import { planApps, sidecarName, type ProcessSpec } from '../../../tools/stack/plan';
import { stackAppId, type RunFile } from '../../../tools/stack/render';
import type { RunRecord } from '../../../tools/stack/record';
import { placementAddress, schedulerAddress } from '../../../tools/stack/settings';
import { freePorts } from './ports';

/** An app of a test, beside the services. */
export interface ExtraApp {
  /** Its app id without the stack's ending; its store is `state-<name>`. */
  name: string;
  /** Compiled JavaScript, relative to the clone: `dist/test/flow/support/apps/<name>.js`. */
  script: string;
  replicas?: number;
  env?: Record<string, string>;
}

export interface ExtraReplica {
  /** `<name>-1`, `<name>-2`, …: for `kill` and `start`. */
  name: string;
  sidecar: string;
  /** The same for all replicas. */
  appId: string;
  /** The sidecar's gRPC API. */
  daprAddress: string;
  appPort: number;
  opsPort: number;
  daprHttpPort: number;
  specs: ProcessSpec[];
}

const PORTS_PER_REPLICA = 6;

/** Writes the app's components and says what is to be started: an app and a sidecar per replica. */
export async function planExtraApp(
  extra: ExtraApp,
  record: RunRecord,
  daprd: string,
): Promise<ExtraReplica[]> {
  const count = extra.replicas ?? 1;
  const firstPort = await freePorts(count * PORTS_PER_REPLICA);
  writeResources(extra, record);
  return Array.from({ length: count }, (_, at) => {
    const [app, grpc, http, metrics, internal, ops] = Array.from(
      { length: PORTS_PER_REPLICA },
      (_unused, port) => firstPort + at * PORTS_PER_REPLICA + port,
    ) as [number, number, number, number, number, number];
    return planReplica(
      extra,
      `${extra.name}-${at + 1}`,
      { app, grpc, http, metrics, internal, ops },
      record,
      daprd,
    );
  });
}

type ReplicaPorts = Record<'app' | 'grpc' | 'http' | 'metrics' | 'internal' | 'ops', number>;

function planReplica(
  extra: ExtraApp,
  name: string,
  ports: ReplicaPorts,
  record: RunRecord,
  daprd: string,
): ExtraReplica {
  const paths = stackPaths(record.settings.dataDir);
  const appId = stackAppId(extra.name, record.stackId);
  const file: RunFile = {
    version: 1,
    common: {
      resourcesPath: resourcesOf(extra, paths),
      configFilePath: paths.configFile,
      placementHostAddress: placementAddress(record.settings),
      schedulerHostAddress: schedulerAddress(record.settings),
      apiListenAddresses: '127.0.0.1',
      appProtocol: 'grpc',
    },
    apps: [
      {
        appID: appId,
        appDirPath: paths.run,
        command: [process.execPath, join(repositoryRoot(), extra.script)],
        appPort: ports.app,
        daprGRPCPort: ports.grpc,
        daprHTTPPort: ports.http,
        metricsPort: ports.metrics,
        daprInternalGRPCPort: ports.internal,
        env: {
          OPS_PORT: String(ports.ops),
          STATE_STORE: storeOf(extra),
          REPLICA: name,
          ...extra.env,
        },
      },
    ],
  };
  const context = { stackId: record.stackId, paths, dataDir: record.settings.dataDir, daprd };
  const named = (spec: ProcessSpec, as: string): ProcessSpec => ({
    ...spec,
    name: as,
    logFile: join(paths.log, `${as}.log`),
  });
  return {
    name,
    sidecar: sidecarName(name),
    appId,
    daprAddress: `127.0.0.1:${ports.grpc}`,
    appPort: ports.app,
    opsPort: ports.ops,
    daprHttpPort: ports.http,
    specs: planApps(file, context).flatMap((plan) => [
      named(plan.sidecar, sidecarName(name)),
      named(plan.app, name),
    ]),
  };
}

const storeOf = (extra: ExtraApp): string => `state-${extra.name}`;
const resourcesOf = (extra: ExtraApp, paths: StackPaths): string => join(paths.run, 'extra', extra.name);

/** The stack's broker, without subscriptions, and a store that the replicas share. */
function writeResources(extra: ExtraApp, record: RunRecord): void {
  const paths = stackPaths(record.settings.dataDir);
  const folder = resourcesOf(extra, paths);
  const scopes = [stackAppId(extra.name, record.stackId)];
  mkdirSync(folder, { recursive: true });
  const store = {
    apiVersion: 'dapr.io/v1alpha1',
    kind: 'Component',
    metadata: { name: storeOf(extra) },
    spec: {
      type: 'state.sqlite',
      version: 'v1',
      metadata: [
        { name: 'connectionString', value: join(paths.state, `${extra.name}.db`) },
        { name: 'keyPrefix', value: 'name' },
        { name: 'busyTimeout', value: '4s' },
        { name: 'actorStateStore', value: 'true' },
      ],
    },
    scopes,
  };
  const pubsub = parse(readFileSync(join(paths.components, 'pubsub.yaml'), 'utf8')) as object;
  writeFileSync(join(folder, 'state.yaml'), stringify(store));
  writeFileSync(join(folder, 'pubsub.yaml'), stringify({ ...pubsub, scopes }));
}
