import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { planControlPlane } from '../../../tools/stack/control-plane';
import { kafkaProperties, planKafka } from '../../../tools/stack/kafka';
import { repositoryRoot, stackPaths } from '../../../tools/stack/paths';
import { planApps, type ProcessSpec } from '../../../tools/stack/plan';
import { renderRunFile } from '../../../tools/stack/render';
import { parseSettings } from '../../../tools/stack/settings';

const root = repositoryRoot();
const toolchain = {
  java: '/java',
  kafkaClasspath: '/libs/*',
  placement: '/placement',
  scheduler: '/scheduler',
};

function plan(environment: NodeJS.ProcessEnv) {
  const settings = parseSettings({ DATA_DIR: '/d', ...environment }, root);
  const paths = stackPaths(settings.dataDir);
  const context = { settings, stackId: 'x7f2', root, paths, node: '/bin/node' };
  const runFile = renderRunFile(readFileSync(join(root, 'dapr.yaml'), 'utf8'), context);
  return {
    settings,
    paths,
    apps: planApps(runFile, { stackId: 'x7f2', paths, dataDir: '/d', daprd: '/daprd' }),
    infrastructure: [
      ...planKafka(settings, paths, toolchain),
      ...planControlPlane(settings, paths, toolchain),
    ],
  };
}
const flag = (spec: ProcessSpec | undefined, name: string) => spec?.args[spec.args.indexOf(name) + 1];

describe('the plan of a stack', () => {
  const { apps, infrastructure, settings, paths } = plan({});
  const billing = apps.find(({ name }) => name === 'billing');

  it('starts an app as the CLI would', () => {
    expect(billing?.appId).toBe('billing-x7f2');
    expect(billing?.app).toMatchObject({
      command: '/bin/node',
      args: [join(root, 'dist/services/billing/main.js')],
      logFile: '/d/log/billing.log',
      env: { APP_ID: 'billing-x7f2', APP_PORT: '18010', DAPR_GRPC_PORT: '18011', GOPHERMART_DATA_DIR: '/d' },
      ports: { app: 18_010, ops: 18_015 },
    });
  });

  it('gives the sidecar all that dapr.yaml says', () => {
    expect(billing?.sidecar.name).toBe('billing-daprd');
    const flags = {
      '--app-id': 'billing-x7f2',
      '--app-port': '18010',
      '--app-protocol': 'grpc',
      '--dapr-internal-grpc-port': '18014',
      '--resources-path': '/d/run/components',
      '--placement-host-address': '127.0.0.1:18088',
    };
    for (const [name, value] of Object.entries(flags)) expect(flag(billing?.sidecar, name)).toBe(value);
  });

  it('listens on no port twice', () => {
    const specs = [...infrastructure, ...apps.flatMap(({ app, sidecar }) => [app, sidecar])];
    const ports = specs.flatMap((spec) => [...new Set(Object.values(spec.ports))]);
    expect(new Set(ports).size).toBe(ports.length);
  });

  it('leaves no default port of the control plane to chance', () => {
    const scheduler = infrastructure.find(({ name }) => name === 'scheduler');
    expect(flag(scheduler, '--etcd-initial-cluster')).toBe('dapr-scheduler-server-0=http://127.0.0.1:18087');
    expect(flag(scheduler, '--override-broadcast-host-port')).toBe('127.0.0.1:18089');
  });

  it('does not start what is another’s', () => {
    const foreign = { KAFKA_BROKERS: 'k:1', PLACEMENT_ADDRESS: 'p:1', SCHEDULER_ADDRESS: 's:1' };
    expect(plan(foreign).infrastructure).toEqual([]);
  });

  it('keeps the broker to this machine', () => {
    expect(kafkaProperties(settings, paths)).toContain(
      'listeners=PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:18080\n',
    );
  });
});
