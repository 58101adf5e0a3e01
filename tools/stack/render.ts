import { join } from 'node:path';
import { parse, parseAllDocuments, stringify } from 'yaml';
import type { StackPaths } from './paths';
import {
  accrualAddress,
  DEFAULT_PORT_BASE,
  kafkaBrokers,
  placementAddress,
  schedulerAddress,
  type Settings,
} from './settings';

export interface RenderContext {
  settings: Settings;
  /** Ends every app id of the stack: Dapr's name resolution knows no stacks. */
  stackId: string;
  /** The clone. */
  root: string;
  paths: StackPaths;
  /** The Node that runs the services. */
  node: string;
}

/** One app of dapr.yaml, as far as the stack looks at it. */
export interface RunFileApp {
  appID: string;
  appDirPath: string;
  command: string[];
  appPort?: number;
  daprGRPCPort: number;
  daprHTTPPort: number;
  metricsPort: number;
  daprInternalGRPCPort: number;
  env: Record<string, string>;
}

export interface RunFile {
  version: number;
  common: Record<string, unknown> & {
    resourcesPath: string;
    configFilePath: string;
    placementHostAddress: string;
    schedulerHostAddress: string;
    apiListenAddresses: string;
    appProtocol: string;
  };
  apps: RunFileApp[];
}

export const SIMULATOR = 'accrual-simulator';
const PORTS = ['appPort', 'daprGRPCPort', 'daprHTTPPort', 'metricsPort', 'daprInternalGRPCPort'] as const;
const PORT_VARIABLES = ['APP_PORT', 'OPS_PORT'];
const DATA_PREFIX = /^(\.\/)?\.data\//;

export const stackAppId = (name: string, stackId: string): string => `${name}-${stackId}`;

/** dapr.yaml as this stack runs it: its own ports, addresses, paths and app ids. */
export function renderRunFile(source: string, context: RenderContext): RunFile {
  const file = parse(source) as RunFile;
  const { settings, paths } = context;
  const apps = file.apps.filter((app) => app.appID !== SIMULATOR || settings.foreign.accrual === undefined);
  return {
    ...file,
    common: {
      ...file.common,
      resourcesPath: paths.components,
      configFilePath: paths.configFile,
      placementHostAddress: placementAddress(settings),
      schedulerHostAddress: schedulerAddress(settings),
    },
    apps: apps.map((app) => renderApp(app, context)),
  };
}

function renderApp(app: RunFileApp, context: RenderContext): RunFileApp {
  const moved = { ...app };
  for (const name of PORTS) {
    const port = app[name];
    if (port !== undefined) moved[name] = movePort(port, context.settings);
  }
  return {
    ...moved,
    appID: stackAppId(app.appID, context.stackId),
    // The CLI writes its logs below this folder.
    appDirPath: context.paths.run,
    command: app.command.map((part) => renderWord(part, context)),
    env: Object.fromEntries(
      Object.entries(app.env).map(([name, value]) => [name, renderVariable(name, value, context)]),
    ),
  };
}

function renderWord(word: string, context: RenderContext): string {
  if (word === 'node') return context.node;
  return word.startsWith('dist/') ? join(context.root, word) : word;
}

/** What the stack decides itself comes first, then the environment, then the default that dapr.yaml holds. */
function renderVariable(name: string, value: string, context: RenderContext): string {
  const { settings, stackId, paths } = context;
  const decided: Record<string, string> = {
    PORTAL_PORT: String(settings.portalPort),
    FAKE_ORDERS_PORT: String(settings.fakeOrdersPort),
    FAKE_ORDERS_URL: `http://127.0.0.1:${settings.fakeOrdersPort}`,
    ACCRUAL_PORT: String(settings.accrualPort),
    ACCRUAL_ADDRESS: accrualAddress(settings),
    TOKEN_KEYS_FILE: paths.tokenKeys,
  };
  if (decided[name] !== undefined) return decided[name];
  if (PORT_VARIABLES.includes(name)) return String(movePort(Number(value), settings));
  if (name.endsWith('_APP_ID')) return stackAppId(value, stackId);
  return settings.environment[name] || movePath(value, settings);
}

const movePort = (port: number, settings: Settings): number => port - DEFAULT_PORT_BASE + settings.portBase;
const movePath = (value: string, settings: Settings): string =>
  DATA_PREFIX.test(value) ? join(settings.dataDir, value.replace(DATA_PREFIX, '')) : value;

interface Resource {
  kind: string;
  scopes?: string[];
  spec: { type?: string; metadata?: { name: string; value: string }[] };
}

/** A file of components/ as this stack loads it. */
export function renderComponents(source: string, context: RenderContext): string {
  const documents = parseAllDocuments(source).map((document) => document.toJS() as Resource);
  return documents.map((resource) => stringify(renderResource(resource, context))).join('---\n');
}

function renderResource(resource: Resource, context: RenderContext): Resource {
  const { settings, stackId } = context;
  const rendered = structuredClone(resource);
  if (rendered.scopes) rendered.scopes = rendered.scopes.map((name) => stackAppId(name, stackId));
  if (rendered.kind !== 'Component') return rendered;
  for (const entry of rendered.spec.metadata ?? []) {
    if (entry.name === 'brokers') entry.value = kafkaBrokers(settings);
    if (entry.name === 'connectionString') entry.value = movePath(entry.value, settings);
  }
  return rendered;
}
