import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { cacheFolder } from './cache';
import { cliPart, runtimePart, runtimeProgram } from './dapr';
import { ProvisionError } from './errors';
import { kafkaPart } from './kafka';
import type { Machine, Part } from './part';
import { check, isMissing, java, missingMessage, type FoundProgram, type Missing } from './prerequisites';
import { Progress } from './progress';

export { ProvisionError } from './errors';
export { kafkaAdminCommand } from './kafka';
export { Progress } from './progress';

/** The programs the stack is run with, as absolute paths. */
export interface Toolchain extends KafkaTools {
  /** The value for DAPR_RUNTIME_PATH: holds `.dapr/bin/{daprd,placement,scheduler}` and `.dapr/config.yaml`. */
  daprRuntimeDir: string;
  daprd: string;
  placement: string;
  scheduler: string;
  daprCli: string;
  versions: KafkaTools['versions'] & { daprRuntime: string; daprCli: string };
}

export interface KafkaTools {
  java: string;
  /** For `java -cp`: Kafka's jars, the compiled KafkaAdmin and the folder with log4j's configuration. */
  kafkaClasspath: string;
  versions: { java: string; kafka: string };
}

export interface ProvisionOptions {
  /** The clone; found from this file by default. */
  root?: string;
  env?: NodeJS.ProcessEnv;
  progress?: Progress;
}

/**
 * Finds the Dapr runtime, the Dapr CLI and Kafka on this machine, and makes into the user's cache what is not there.
 * Never changes an existing Dapr installation. Under a second when everything is there.
 * @throws ProvisionError with a message for a person: all missing prerequisites at once, or the step that failed.
 */
export async function provision(options: ProvisionOptions = {}): Promise<Toolchain> {
  const machine = machineOf(options);
  const [kafka, cli, runtime] = [kafkaPart(machine), cliPart(machine), runtimePart(machine)];
  const javaFound = requireAll(machine, [kafka, cli, runtime]);
  const kafkaMade = kafka.ready ?? (await kafka.make());
  const cliMade = cli.ready ?? (await cli.make());
  const runtimeMade = runtime.ready ?? (await runtime.make());
  return {
    daprRuntimeDir: runtimeMade.folder,
    daprd: runtimeProgram(runtimeMade, 'daprd'),
    placement: runtimeProgram(runtimeMade, 'placement'),
    scheduler: runtimeProgram(runtimeMade, 'scheduler'),
    daprCli: cliMade.file,
    java: javaFound.path,
    kafkaClasspath: kafkaMade.classpath,
    versions: {
      daprRuntime: runtimeMade.version,
      daprCli: cliMade.version,
      java: javaFound.version,
      kafka: kafkaMade.version,
    },
  };
}

/** Only what makes topics and tells lag, for machines on which Dapr runs already. */
export async function provisionKafka(options: ProvisionOptions = {}): Promise<KafkaTools> {
  const machine = machineOf(options);
  const kafka = kafkaPart(machine);
  const javaFound = requireAll(machine, [kafka]);
  const { classpath, version } = kafka.ready ?? (await kafka.make());
  return {
    java: javaFound.path,
    kafkaClasspath: classpath,
    versions: { java: javaFound.version, kafka: version },
  };
}

function machineOf(options: ProvisionOptions): Machine {
  const env = options.env ?? process.env;
  return {
    root: options.root ?? cloneOf(__dirname),
    cache: resolve(cacheFolder(env, homedir())),
    env,
    progress: options.progress ?? new Progress(),
  };
}

/** Checks every prerequisite of what must be made, and names all that are missing together. */
function requireAll(machine: Machine, parts: Part<unknown>[]): FoundProgram {
  const module = join(machine.root, 'tools', 'provision', 'dapr-runtime');
  const needed = new Set(parts.flatMap((part) => (part.ready === undefined ? part.needs : [])));
  const results = [...needed].map((prerequisite) => check(prerequisite, machine.env, module));
  const javaFound = check(java, machine.env, module);
  const missing: Missing[] = [javaFound, ...results].filter(isMissing);
  if (missing.length > 0 || isMissing(javaFound)) throw new ProvisionError(missingMessage(missing));
  return javaFound;
}

/** The folder above that holds this project's package.json, from the sources as from `dist`. */
function cloneOf(folder: string): string {
  for (let at = folder; at !== dirname(at); at = dirname(at)) {
    try {
      const manifest = JSON.parse(readFileSync(join(at, 'package.json'), 'utf8')) as { name?: string };
      if (manifest.name === 'gophermart') return at;
    } catch {
      // not here
    }
  }
  throw new ProvisionError(`no clone of the project above ${folder}`);
}
