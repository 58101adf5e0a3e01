import { join } from 'node:path';
import type { StackPaths } from './paths';
import { DATA_DIR_MARK, type ProcessSpec } from './plan';
import { infrastructurePorts, type Settings } from './settings';

const HOST = '127.0.0.1';

/**
 * Dapr's placement and scheduler of this stack; neither is started where the settings name a foreign one.
 * All their ports are given, also those with defaults that a second stack would want too (8080, 9090, 8201, 2379, 2380).
 */
export function planControlPlane(
  settings: Settings,
  paths: StackPaths,
  programs: { placement: string; scheduler: string },
): ProcessSpec[] {
  return [
    ...(settings.foreign.placement === undefined ? [placement(settings, paths, programs.placement)] : []),
    ...(settings.foreign.scheduler === undefined ? [scheduler(settings, paths, programs.scheduler)] : []),
  ];
}

function placement(settings: Settings, paths: StackPaths, command: string): ProcessSpec {
  const ports = infrastructurePorts(settings);
  const id = 'dapr-placement-0';
  return {
    name: 'placement',
    kind: 'placement',
    command,
    args: flags({
      id,
      port: settings.placementPort,
      'listen-address': HOST,
      'initial-cluster': `${id}=${HOST}:${ports.placementRaft}`,
      'healthz-port': ports.placementHealth,
      'healthz-listen-address': HOST,
      'metrics-port': ports.placementMetrics,
      'metrics-listen-address': HOST,
    }),
    ...common(settings, paths, 'placement'),
    ports: {
      grpc: settings.placementPort,
      raft: ports.placementRaft,
      health: ports.placementHealth,
      metrics: ports.placementMetrics,
    },
  };
}

function scheduler(settings: Settings, paths: StackPaths, command: string): ProcessSpec {
  const ports = infrastructurePorts(settings);
  const id = 'dapr-scheduler-server-0';
  return {
    name: 'scheduler',
    kind: 'scheduler',
    command,
    args: flags({
      id,
      port: settings.schedulerPort,
      'listen-address': HOST,
      'override-broadcast-host-port': `${HOST}:${settings.schedulerPort}`,
      'etcd-data-dir': paths.scheduler,
      'etcd-client-port': ports.etcdClient,
      'etcd-client-listen-address': HOST,
      'etcd-initial-cluster': `${id}=http://${HOST}:${ports.etcdPeer}`,
      'healthz-port': ports.schedulerHealth,
      'healthz-listen-address': HOST,
      'metrics-port': ports.schedulerMetrics,
      'metrics-listen-address': HOST,
    }),
    ...common(settings, paths, 'scheduler'),
    ports: {
      grpc: settings.schedulerPort,
      etcd_client: ports.etcdClient,
      etcd_peer: ports.etcdPeer,
      health: ports.schedulerHealth,
      metrics: ports.schedulerMetrics,
    },
  };
}

const common = (settings: Settings, paths: StackPaths, name: string) => ({
  env: { [DATA_DIR_MARK]: settings.dataDir },
  cwd: paths.run,
  logFile: join(paths.log, `${name}.log`),
});

const flags = (values: Record<string, string | number>): string[] =>
  Object.entries(values).flatMap(([name, value]) => [`--${name}`, String(value)]);
