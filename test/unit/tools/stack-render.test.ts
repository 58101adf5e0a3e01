import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { topics } from '../../../services/shared/events/catalogue';
import { repositoryRoot, stackPaths } from '../../../tools/stack/paths';
import {
  renderComponents,
  renderRunFile,
  type RenderContext,
  type RunFile,
} from '../../../tools/stack/render';
import { parseSettings } from '../../../tools/stack/settings';

const root = repositoryRoot();
const runFile = readFileSync(join(root, 'dapr.yaml'), 'utf8');
const defaults = parse(runFile) as RunFile;
const components = readdirSync(join(root, 'components')).map((name) =>
  readFileSync(join(root, 'components', name), 'utf8'),
);

function contextOf(environment: NodeJS.ProcessEnv): RenderContext {
  const settings = parseSettings(environment, root);
  return { settings, stackId: 'x7f2', root, paths: stackPaths(settings.dataDir), node: '/bin/node' };
}
const render = (environment: NodeJS.ProcessEnv = {}) => renderRunFile(runFile, contextOf(environment));
const appOf = (file: RunFile, name: string) => {
  const app = file.apps.find(({ appID }) => appID === name);
  if (!app) throw new Error(`no app ${name}`);
  return app;
};
const portsOf = (file: RunFile) =>
  file.apps.map((app) => [
    app.appPort,
    app.daprGRPCPort,
    app.daprHTTPPort,
    app.metricsPort,
    app.daprInternalGRPCPort,
    ...['APP_PORT', 'OPS_PORT', 'PORTAL_PORT', 'FAKE_ORDERS_PORT', 'ACCRUAL_PORT'].map(
      (name) => app.env[name],
    ),
  ]);

interface Document {
  kind: string;
  scopes?: string[];
  spec: { topic?: string; metadata?: { name: string; value: string }[] };
}
const renderAll = (environment: NodeJS.ProcessEnv) =>
  components.flatMap((source) =>
    parseAllDocuments(renderComponents(source, contextOf(environment))).map((one) => one.toJS() as Document),
  );

describe('dapr.yaml, rendered for a stack', () => {
  it('keeps its ports where nothing else is asked for', () => {
    expect(portsOf(render())).toEqual(portsOf(defaults));
  });

  it('gives no port to two', () => {
    const ports = portsOf(render())
      .flatMap((own) => [...new Set(own.filter((port) => port !== undefined).map(Number))])
      .filter((port) => port > 0);
    expect(new Set(ports).size).toBe(ports.length);
  });

  it('moves every internal port with PORT_BASE', () => {
    const billing = appOf(render({ PORT_BASE: '30000' }), 'billing-x7f2');
    expect(billing).toMatchObject({ appPort: 30_010, daprGRPCPort: 30_011, env: { OPS_PORT: '30015' } });
  });

  it('tells everyone the public ports, the stack’s app ids and its files', () => {
    const file = render({
      PORTAL_PORT: '9000',
      FAKE_ORDERS_PORT: '9001',
      ACCRUAL_PORT: '9002',
      DATA_DIR: '/d',
    });
    expect(appOf(file, 'portal-x7f2').env).toMatchObject({
      PORTAL_PORT: '9000',
      FAKE_ORDERS_URL: 'http://127.0.0.1:9001',
      BILLING_APP_ID: 'billing-x7f2',
      QUERY_APP_ID: 'query-x7f2',
      TOKEN_KEYS_FILE: '/d/secrets/token-keys.json',
    });
    expect(appOf(file, 'accrual-adapter-x7f2').env).toMatchObject({
      ACCRUAL_ADDRESS: 'http://127.0.0.1:9002',
      FAKE_ORDERS_APP_ID: 'fake-orders-x7f2',
    });
    expect(appOf(file, 'accrual-simulator-x7f2').env.DATA_FILE).toBe('/d/state/accrual-simulator.jsonl');
    expect(appOf(file, 'portal-x7f2').command).toEqual([
      '/bin/node',
      join(root, 'dist/services/portal/main.js'),
    ]);
  });

  it('takes variables that it names from the environment', () => {
    const simulator = appOf(render({ PROCESSING_MS: '0' }), 'accrual-simulator-x7f2');
    expect(simulator.env.PROCESSING_MS).toBe('0');
  });

  it('leaves the simulator out where there is a real calculator', () => {
    const file = render({ ACCRUAL_ADDRESS: 'http://calculator:80' });
    expect(file.apps.map(({ appID }) => appID)).not.toContain('accrual-simulator-x7f2');
    expect(appOf(file, 'fake-orders-x7f2').env.ACCRUAL_ADDRESS).toBe('http://calculator:80');
  });

  it('names the control plane of the stack, or the foreign one', () => {
    expect(render({ PLACEMENT_PORT: '6000' }).common.placementHostAddress).toBe('127.0.0.1:6000');
    expect(render({ SCHEDULER_ADDRESS: 'there:6' }).common.schedulerHostAddress).toBe('there:6');
  });
});

describe('components, rendered for a stack', () => {
  const documents = renderAll({ DATA_DIR: '/d', KAFKA_PORT: '9999' });

  it('are for the stack’s own apps only', () => {
    const scopes = documents.filter(({ kind }) => kind !== 'Resiliency').map((one) => one.scopes ?? []);
    expect(scopes.every((names) => names.length > 0 && names.every((name) => name.endsWith('-x7f2')))).toBe(
      true,
    );
  });

  it('keep their files in DATA_DIR and use the stack’s broker', () => {
    const values = documents.flatMap(({ kind, spec }) => (kind === 'Component' ? (spec.metadata ?? []) : []));
    const named = (name: string) => values.filter((entry) => entry.name === name).map(({ value }) => value);
    expect(named('brokers')).toEqual(['127.0.0.1:9999']);
    expect(named('connectionString').sort()).toEqual(
      ['accrual-adapter', 'billing', 'portal', 'query'].map((name) => `/d/state/${name}.db`),
    );
  });

  it('let every topic be consumed by somebody', () => {
    const consumed = documents.filter(({ kind }) => kind === 'Subscription').map(({ spec }) => spec.topic);
    expect([...new Set(consumed)].sort()).toEqual([...topics].sort());
  });
});
