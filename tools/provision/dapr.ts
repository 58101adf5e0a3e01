import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { ensureArtifact, findArtifact, type Artifact, type Work } from './cache';
import { ask, readIfThere, run } from './command';
import { ProvisionError } from './errors';
import { KnownVersions } from './known-versions';
import type { Machine, Part } from './part';
import { cCompiler, go, isExecutable, onPath, programOf } from './prerequisites';
import { atLeast } from './versions';

const RUNTIME_VERSION = '1.18.2';
const CLI_VERSION = '1.16.5';
const CLI_MINIMUM = '1.16';
const RUNTIME_PROGRAMS = ['placement', 'scheduler', 'daprd'] as const;
const CLI_VERSION_ANSWER = /CLI version:\s*(\d\S*)/;
const VERSION_ANSWER = /^\s*v?(\d\S*)/;

/** `dapr run` refuses to work without this file; the project gives each app a configuration of its own. */
const EMPTY_CONFIGURATION = `apiVersion: dapr.io/v1alpha1
kind: Configuration
metadata:
  name: daprConfig
spec: {}
`;

export interface DaprRuntime {
  /** The value for DAPR_RUNTIME_PATH: the folder that holds `.dapr/bin` and `.dapr/config.yaml`. */
  folder: string;
  version: string;
}

export interface DaprCli {
  file: string;
  version: string;
}

export function runtimeProgram(runtime: DaprRuntime, name: (typeof RUNTIME_PROGRAMS)[number]): string {
  return join(runtime.folder, '.dapr', 'bin', name);
}

/** daprd, placement and scheduler: the installed ones if they are new enough, else built once into the cache. */
export function runtimePart(machine: Machine): Part<DaprRuntime> {
  const artifact = runtimeArtifact(machine);
  const built = (folder: string): DaprRuntime => ({ folder, version: RUNTIME_VERSION });
  const cached = findArtifact(machine.cache, artifact);
  const ready = installedRuntime(machine) ?? (cached === undefined ? undefined : built(cached));
  return {
    ...(ready ? { ready } : {}),
    needs: [go],
    make: async () => built(await ensureArtifact(machine.cache, artifact, machine.progress)),
  };
}

/** The `dapr` command: the one on the PATH if it is new enough, else built once into the cache. */
export function cliPart(machine: Machine): Part<DaprCli> {
  const artifact = cliArtifact(machine);
  const built = (folder: string): DaprCli => ({ file: join(folder, 'bin', 'dapr'), version: CLI_VERSION });
  const cached = findArtifact(machine.cache, artifact);
  const ready = installedCli(machine) ?? (cached === undefined ? undefined : built(cached));
  return {
    ...(ready ? { ready } : {}),
    needs: [go, cCompiler],
    make: async () => built(await ensureArtifact(machine.cache, artifact, machine.progress)),
  };
}

function installedRuntime(machine: Machine): DaprRuntime | undefined {
  const known = new KnownVersions(join(machine.cache, 'installed.json'));
  for (const folder of new Set([machine.env.DAPR_RUNTIME_PATH, homedir()])) {
    if (!folder) continue;
    const complete =
      RUNTIME_PROGRAMS.every((name) => isExecutable(join(folder, '.dapr', 'bin', name))) &&
      readIfThere(join(folder, '.dapr', 'config.yaml')) !== undefined;
    if (!complete) continue;
    // placement and scheduler have no --version; they are installed together with daprd.
    const version = known.of(join(folder, '.dapr', 'bin', 'daprd'), ['--version'], VERSION_ANSWER);
    if (version !== undefined && atLeast(version, RUNTIME_VERSION)) return { folder, version };
  }
  return undefined;
}

function installedCli(machine: Machine): DaprCli | undefined {
  const known = new KnownVersions(join(machine.cache, 'installed.json'));
  for (const file of onPath('dapr', machine.env)) {
    const version = known.of(file, ['--version'], CLI_VERSION_ANSWER);
    if (version !== undefined && atLeast(version, CLI_MINIMUM)) return { file, version };
  }
  return undefined;
}

function runtimeArtifact(machine: Machine): Artifact {
  const module = join(machine.root, 'tools', 'provision', 'dapr-runtime');
  const flags = [
    '-tags',
    'stablecomponents',
    '-trimpath',
    '-ldflags',
    `-s -w -X github.com/dapr/dapr/pkg/buildinfo.version=${RUNTIME_VERSION}`,
  ];
  return {
    name: 'dapr-runtime',
    version: RUNTIME_VERSION,
    ingredients: [...moduleFiles(module), ...flags, EMPTY_CONFIGURATION, process.platform, process.arch],
    make: async (work) => {
      const bin = join(work.folder, '.dapr', 'bin');
      for (const [at, name] of RUNTIME_PROGRAMS.entries()) {
        const what = `building ${name} (${at + 1} of ${RUNTIME_PROGRAMS.length})`;
        await goBuild(machine, work, {
          what,
          module,
          flags,
          target: `github.com/dapr/dapr/cmd/${name}`,
          output: join(bin, name),
          env: { CGO_ENABLED: '0' },
        });
        verify(what, `mod\tgithub.com/dapr/dapr\tv${RUNTIME_VERSION}`, programOf(go, machine.env, module), [
          'version',
          '-m',
          join(bin, name),
        ]);
      }
      verify('daprd --version', RUNTIME_VERSION, join(bin, 'daprd'), ['--version']);
      writeFileSync(join(work.folder, '.dapr', 'config.yaml'), EMPTY_CONFIGURATION);
    },
  };
}

function cliArtifact(machine: Machine): Artifact {
  const module = join(machine.root, 'tools', 'provision', 'dapr-cli');
  const flags = ['-trimpath', '-ldflags', `-s -w -X main.version=${CLI_VERSION}`];
  return {
    name: 'dapr-cli',
    version: CLI_VERSION,
    ingredients: [...moduleFiles(module), ...flags, process.platform, process.arch],
    make: async (work) => {
      const output = join(work.folder, 'bin', 'dapr');
      await goBuild(machine, work, {
        what: 'building dapr',
        module,
        flags,
        target: 'github.com/dapr/cli',
        output,
        env: { CGO_ENABLED: '1', CC: programOf(cCompiler, machine.env, module) },
      });
      verify('dapr --version', `CLI version: ${CLI_VERSION}`, output, ['--version']);
    },
  };
}

interface GoBuild {
  what: string;
  module: string;
  flags: string[];
  target: string;
  output: string;
  env: NodeJS.ProcessEnv;
}

async function goBuild(machine: Machine, work: Work, build: GoBuild): Promise<void> {
  mkdirSync(dirname(build.output), { recursive: true });
  work.say(build.what);
  let downloads = 0;
  await run({
    purpose: build.what,
    program: programOf(go, machine.env, build.module),
    args: ['build', '-mod=readonly', '-buildvcs=false', ...build.flags, '-o', build.output, build.target],
    cwd: build.module,
    env: { ...machine.env, GOWORK: 'off', ...build.env },
    log: work.log,
    onLine: (line) => {
      if (line.startsWith('go: downloading')) downloads++;
      if (downloads % 25 === 1) work.say(`${build.what}, ${downloads}+ modules downloaded`);
    },
  });
}

function verify(what: string, expected: string, program: string, args: string[]): void {
  const answer = ask(program, args);
  if (answer?.includes(expected)) return;
  throw new ProvisionError(
    `${what}: expected "${expected}" of what was built, it answers "${answer?.trim() ?? 'nothing'}"`,
  );
}

function moduleFiles(module: string): string[] {
  return ['go.mod', 'go.sum'].map((name) => readIfThere(join(module, name)) ?? '');
}
