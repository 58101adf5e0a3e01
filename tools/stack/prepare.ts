import { randomInt } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Toolchain } from '../provision/index';
import { planControlPlane } from './control-plane';
import { readOrCreate } from './files';
import { planKafka } from './kafka';
import { stackPaths, type StackPaths } from './paths';
import { DATA_DIR_MARK, planApps, SIDECAR_ENVIRONMENT, type AppPlan, type ProcessSpec } from './plan';
import { renderComponents, renderRunFile, type RenderContext } from './render';
import { ensureTokenKeys } from './secrets';
import type { Settings } from './settings';

const ID_LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';
const ID_LENGTH = 4;

/** All that one stack consists of, ready to be started. */
export interface StackPlan {
  settings: Settings;
  stackId: string;
  paths: StackPaths;
  toolchain: Toolchain;
  /** Broker, placement, scheduler: those that are the stack's own. */
  infrastructure: ProcessSpec[];
  apps: AppPlan[];
  /** `dapr run -f`, which starts all apps and their sidecars. */
  cli: ProcessSpec;
}

export const allProcesses = (plan: StackPlan): ProcessSpec[] => [
  ...plan.infrastructure,
  ...plan.apps.flatMap(({ app, sidecar }) => [sidecar, app]),
];

/** The folders and secrets that the services need before their first start. */
export function prepareFolders(paths: StackPaths): void {
  for (const folder of [paths.run, paths.log, paths.state, paths.scheduler]) {
    mkdirSync(folder, { recursive: true });
  }
  ensureTokenKeys(paths.tokenKeys);
}

/** Keeps the logs of the last run beside those of the new one. */
export function rotateLogs(paths: StackPaths): void {
  rmSync(paths.previousLog, { recursive: true, force: true });
  renameSync(paths.log, paths.previousLog);
  mkdirSync(paths.log);
}

/** Writes the stack's own copy of dapr.yaml and components/ under DATA_DIR/run, and says what will run. */
export function prepareStack(settings: Settings, root: string, toolchain: Toolchain): StackPlan {
  const paths = stackPaths(settings.dataDir);
  prepareFolders(paths);
  const stackId = readOrCreate(paths.stackId, newStackId);
  const context: RenderContext = { settings, stackId, root, paths, node: process.execPath };
  writeComponents(context);
  const runFile = renderRunFile(readFileSync(join(root, 'dapr.yaml'), 'utf8'), context);
  writeFileSync(paths.runFile, stringify(runFile));
  writeFileSync(paths.configFile, readFileSync(join(root, 'dapr-config.yaml'), 'utf8'));
  return {
    settings,
    stackId,
    paths,
    toolchain,
    infrastructure: [
      ...planKafka(settings, paths, toolchain),
      ...planControlPlane(settings, paths, toolchain),
    ],
    apps: planApps(runFile, { stackId, paths, dataDir: settings.dataDir, daprd: toolchain.daprd }),
    cli: planCli(settings, paths, toolchain),
  };
}

const newStackId = (): string =>
  Array.from({ length: ID_LENGTH }, () => ID_LETTERS[randomInt(ID_LETTERS.length)]).join('');

function writeComponents(context: RenderContext): void {
  const { components } = context.paths;
  rmSync(components, { recursive: true, force: true });
  mkdirSync(components);
  const source = join(context.root, 'components');
  for (const name of readdirSync(source).filter((file) => file.endsWith('.yaml'))) {
    const rendered = renderComponents(readFileSync(join(source, name), 'utf8'), context);
    writeFileSync(join(components, name), rendered);
  }
}

function planCli(settings: Settings, paths: StackPaths, toolchain: Toolchain): ProcessSpec {
  // The CLI writes its logs to .dapr/logs below the apps' folder, whatever it is told.
  const cliFolder = join(paths.run, '.dapr');
  rmSync(cliFolder, { recursive: true, force: true });
  mkdirSync(cliFolder);
  symlinkSync(paths.log, join(cliFolder, 'logs'));
  return {
    name: 'dapr',
    kind: 'cli',
    command: toolchain.daprCli,
    args: ['run', '--run-file', paths.runFile],
    env: {
      [DATA_DIR_MARK]: settings.dataDir,
      ...SIDECAR_ENVIRONMENT,
      DAPR_RUNTIME_PATH: toolchain.daprRuntimeDir,
    },
    cwd: paths.run,
    logFile: join(paths.log, 'dapr.log'),
    ports: {},
  };
}
