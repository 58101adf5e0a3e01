import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { ask } from './command';
import { atLeast } from './versions';

/** A program that must be on the machine before a step can be done. */
export interface Prerequisite {
  name: string;
  minimum?: string;
  purpose: string;
  /** How to get it, as one phrase. */
  how: string;
  /** Files to try, best first. */
  candidates: (env: NodeJS.ProcessEnv) => string[];
  versionArgs: string[];
  /** The version in what the program answers; a program that answers otherwise is not what is looked for. */
  pattern: RegExp;
}

export interface FoundProgram {
  path: string;
  version: string;
}

/** A prerequisite that is not met, and the best of what was there instead. */
export interface Missing {
  prerequisite: Prerequisite;
  found?: FoundProgram;
}

/** All files of that name on the PATH that may be executed, in its order. */
export function onPath(name: string, env: NodeJS.ProcessEnv): string[] {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).filter(isExecutable);
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** JAVA_HOME goes before the PATH, as for Maven. */
function ofJava(name: string): (env: NodeJS.ProcessEnv) => string[] {
  return (env) => {
    const home = env.JAVA_HOME ? [join(env.JAVA_HOME, 'bin', name)].filter(isExecutable) : [];
    return [
      ...home,
      ...onPath(name, env),
      ...onPath('java', env).map((java) => join(dirname(realpathSync(java)), name)),
    ];
  };
}

const JDK = 'https://adoptium.net, `apt install openjdk-17-jdk-headless` or `brew install openjdk@21`';

export const go: Prerequisite = {
  name: 'go',
  minimum: '1.26.5',
  purpose: 'to build the Dapr runtime and CLI',
  how: 'https://go.dev/dl or `brew install go`',
  candidates: (env) => onPath('go', env),
  versionArgs: ['version'],
  pattern: /(?:go version go|running go )([^\s;]+)/,
};

export const cCompiler: Prerequisite = {
  name: 'gcc or clang',
  purpose: 'to build the Dapr CLI',
  how: '`apt install gcc` or `xcode-select --install`',
  candidates: (env) => [env.CC, 'gcc', 'clang', 'cc'].flatMap((name) => (name ? onPath(name, env) : [])),
  versionArgs: ['--version'],
  pattern: /(\d+\.\d+(?:\.\d+)?)/,
};

export const java: Prerequisite = {
  name: 'java',
  minimum: '17',
  purpose: 'to run Kafka',
  how: JDK,
  candidates: ofJava('java'),
  versionArgs: ['-version'],
  pattern: /version "([^"]+)"/,
};

export const javac: Prerequisite = {
  name: 'javac',
  minimum: '17',
  purpose: 'to compile the program that makes topics (it comes with a JDK, not with a JRE)',
  how: JDK,
  candidates: ofJava('javac'),
  versionArgs: ['-version'],
  pattern: /javac (\S+)/,
};

export const maven: Prerequisite = {
  name: 'mvn',
  minimum: '3.8',
  purpose: 'to download Kafka',
  how: 'https://maven.apache.org, `apt install maven` or `brew install maven`',
  candidates: (env) => onPath('mvn', env),
  versionArgs: ['-v'],
  pattern: /Maven (\d+(?:\.\d+)+)/,
};

/**
 * The first candidate that is new enough, else what is missing.
 * @param folder where the program is asked: Go picks its toolchain by the go.mod of the folder.
 */
export function check(
  prerequisite: Prerequisite,
  env: NodeJS.ProcessEnv,
  folder: string,
): FoundProgram | Missing {
  const found: FoundProgram[] = [];
  for (const path of new Set(prerequisite.candidates(env))) {
    const answer = ask(path, prerequisite.versionArgs, { cwd: folder, accept: () => true });
    const version = prerequisite.pattern.exec(answer ?? '')?.[1];
    if (version === undefined) continue;
    if (!prerequisite.minimum || atLeast(version, prerequisite.minimum)) return { path, version };
    found.push({ path, version });
  }
  return found[0] ? { prerequisite, found: found[0] } : { prerequisite };
}

/** The path of a program that has been checked before; its bare name if it is gone meanwhile, so that running it says so. */
export function programOf(prerequisite: Prerequisite, env: NodeJS.ProcessEnv, folder: string): string {
  const result = check(prerequisite, env, folder);
  return isMissing(result) ? prerequisite.name : result.path;
}

export function isMissing(result: FoundProgram | Missing): result is Missing {
  return 'prerequisite' in result;
}

/** `  go 1.26.5 or newer (found 1.24.1: /usr/bin/go), to build the Dapr runtime: https://go.dev/dl` */
export function missingLine({ prerequisite, found }: Missing): string {
  const wanted = prerequisite.minimum
    ? `${prerequisite.name} ${prerequisite.minimum} or newer`
    : prerequisite.name;
  const instead = found ? `found ${found.version}: ${found.path}` : 'found none';
  return `  ${wanted} (${instead}), ${prerequisite.purpose}: ${prerequisite.how}`;
}

/** The whole message for a person, one line a program. */
export function missingMessage(missing: Missing[]): string {
  const unique = new Map(missing.map((one) => [one.prerequisite.name, one]));
  return ['Missing on this machine:', ...[...unique.values()].map(missingLine)].join('\n');
}
