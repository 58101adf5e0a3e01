import { join } from 'node:path';
import type { StackPaths } from './paths';
import type { RunFile, RunFileApp } from './render';

/** What is stopped together, in this order. */
export const STOP_ORDER = [['app'], ['sidecar'], ['cli', 'scheduler', 'placement'], ['broker']] as const;
export type ProcessKind = (typeof STOP_ORDER)[number][number];

/** Everything that is needed to start a process, now or again. */
export interface ProcessSpec {
  name: string;
  kind: ProcessKind;
  command: string;
  args: string[];
  /** Added to the environment of whoever starts it. */
  env: Record<string, string>;
  cwd: string;
  logFile: string;
  /** The ports it listens on, by their purpose. */
  ports: Record<string, number>;
}

/** A service and the sidecar beside it. */
export interface AppPlan {
  name: string;
  appId: string;
  app: ProcessSpec;
  sidecar: ProcessSpec;
}

/** What every process of a stack carries in its environment, so that a taken port can be traced to its stack. */
export const DATA_DIR_MARK = 'GOPHERMART_DATA_DIR';
/** Sidecars find each other on this machine only, also without any network. */
export const SIDECAR_ENVIRONMENT = { DAPR_HOST_IP: '127.0.0.1' };
const BODY_LIMIT = '4Mi';

export const sidecarName = (app: string): string => `${app}-daprd`;

/**
 * The processes behind a rendered dapr.yaml, as `dapr run -f` starts them: whoever starts one of these directly
 * starts the same.
 * @param daprd the sidecar's program
 */
export function planApps(
  file: RunFile,
  context: { stackId: string; paths: StackPaths; dataDir: string; daprd: string },
): AppPlan[] {
  return file.apps.map((app) => {
    const name = app.appID.slice(0, -`-${context.stackId}`.length);
    const place = { cwd: app.appDirPath };
    const mark = { [DATA_DIR_MARK]: context.dataDir };
    return {
      name,
      appId: app.appID,
      app: {
        name,
        kind: 'app',
        command: app.command[0] ?? '',
        args: app.command.slice(1),
        env: { ...mark, ...appEnvironment(app, file.common.appProtocol) },
        ...place,
        logFile: join(context.paths.log, `${name}.log`),
        ports: listening(app),
      },
      sidecar: {
        name: sidecarName(name),
        kind: 'sidecar',
        command: context.daprd,
        args: sidecarArguments(app, file.common),
        env: { ...mark, ...SIDECAR_ENVIRONMENT },
        ...place,
        logFile: join(context.paths.log, `${sidecarName(name)}.log`),
        ports: {
          grpc: app.daprGRPCPort,
          http: app.daprHTTPPort,
          metrics: app.metricsPort,
          internal: app.daprInternalGRPCPort,
        },
      },
    };
  });
}

function listening(app: RunFileApp): Record<string, number> {
  const variables = Object.entries(app.env).filter(([name]) => name.endsWith('_PORT'));
  const ports = Object.fromEntries(
    variables.map(([name, value]) => [name.slice(0, -'_PORT'.length).toLowerCase(), Number(value)]),
  );
  return app.appPort === undefined ? ports : { ...ports, app: app.appPort };
}

function appEnvironment(app: RunFileApp, protocol: string): Record<string, string> {
  return {
    APP_ID: app.appID,
    APP_PROTOCOL: protocol,
    ...(app.appPort === undefined ? {} : { APP_PORT: String(app.appPort) }),
    DAPR_HTTP_PORT: String(app.daprHTTPPort),
    DAPR_GRPC_PORT: String(app.daprGRPCPort),
    DAPR_METRICS_PORT: String(app.metricsPort),
    ...app.env,
  };
}

function sidecarArguments(app: RunFileApp, common: RunFile['common']): string[] {
  return Object.entries({
    '--app-id': app.appID,
    '--app-port': app.appPort ?? 0,
    '--app-protocol': common.appProtocol,
    '--dapr-grpc-port': app.daprGRPCPort,
    '--dapr-http-port': app.daprHTTPPort,
    '--dapr-internal-grpc-port': app.daprInternalGRPCPort,
    '--metrics-port': app.metricsPort,
    '--dapr-listen-addresses': common.apiListenAddresses,
    '--config': common.configFilePath,
    '--resources-path': common.resourcesPath,
    '--placement-host-address': common.placementHostAddress,
    '--scheduler-host-address': common.schedulerHostAddress,
    '--max-body-size': BODY_LIMIT,
    '--log-level': 'info',
  }).flatMap(([flag, value]) => [flag, String(value)]);
}
