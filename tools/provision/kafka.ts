import { copyFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ensureArtifact, findArtifact, type Artifact } from './cache';
import { readIfThere, run } from './command';
import { ProvisionError } from './errors';
import type { Machine, Part } from './part';
import { javac, maven, programOf } from './prerequisites';

const KAFKA_VERSION = '4.4.0';
const LOGGING_FILE = 'log4j2.properties';
const ADMIN_SOURCE = ['tools', 'kafka', 'KafkaAdmin.java'];
/** So that a call of the admin program starts in about half a second. */
const SHORT_RUN_FLAGS = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xshare:auto'];

export interface Kafka {
  /** The broker's jars, KafkaAdmin, and the folder in which log4j finds its configuration. */
  classpath: string;
  version: string;
}

/** Kafka's jars and the compiled KafkaAdmin, made once into the cache. */
export function kafkaPart(machine: Machine): Part<Kafka> {
  const jars = jarsArtifact(machine);
  const admin = (libs: string): Artifact => adminArtifact(machine, libs);
  const describe = (jarFolder: string, adminFolder: string): Kafka => ({
    classpath: [join(jarFolder, 'libs', '*'), adminFolder].join(delimiter),
    version: KAFKA_VERSION,
  });
  const jarFolder = findArtifact(machine.cache, jars);
  const adminFolder = findArtifact(machine.cache, admin(''));
  return {
    ...(jarFolder && adminFolder ? { ready: describe(jarFolder, adminFolder) } : {}),
    needs: [...(jarFolder ? [] : [maven]), ...(adminFolder ? [] : [javac])],
    make: async () => {
      const madeJars = await ensureArtifact(machine.cache, jars, machine.progress);
      const madeAdmin = await ensureArtifact(
        machine.cache,
        admin(join(madeJars, 'libs', '*')),
        machine.progress,
      );
      return describe(madeJars, madeAdmin);
    },
  };
}

/** The command line of one call of KafkaAdmin (`topics`, `lag`, `ping`; see its usage). */
export function kafkaAdminCommand(
  toolchain: { java: string; kafkaClasspath: string },
  args: string[],
): { program: string; args: string[] } {
  return {
    program: toolchain.java,
    args: [...SHORT_RUN_FLAGS, '-cp', toolchain.kafkaClasspath, 'KafkaAdmin', ...args],
  };
}

function jarsArtifact(machine: Machine): Artifact {
  const pom = join(machine.root, 'tools', 'provision', 'kafka', 'pom.xml');
  return {
    name: 'kafka',
    version: KAFKA_VERSION,
    ingredients: [readIfThere(pom) ?? ''],
    make: async ({ folder, log, say }) => {
      say('downloading its jars');
      let jars = 0;
      const libs = join(folder, 'libs');
      await run({
        purpose: 'downloading Kafka with Maven',
        program: programOf(maven, machine.env, folder),
        args: ['-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${libs}`],
        cwd: folder,
        env: machine.env,
        log,
        onLine: (line) => {
          if (line.includes('Downloaded from') && line.includes('.jar') && ++jars % 10 === 0) {
            say(`${jars} jars downloaded`);
          }
        },
      });
      if (readIfThere(join(libs, `kafka_2.13-${KAFKA_VERSION}.jar`)) === undefined) {
        throw new ProvisionError(
          `downloading Kafka with Maven: version ${KAFKA_VERSION} is not among its jars; see ${log}`,
        );
      }
    },
  };
}

function adminArtifact(machine: Machine, libs: string): Artifact {
  const kafka = join(machine.root, 'tools', 'provision', 'kafka');
  const source = join(machine.root, ...ADMIN_SOURCE);
  const ingredients = [source, join(kafka, LOGGING_FILE), join(kafka, 'pom.xml')].map(
    (file) => readIfThere(file) ?? '',
  );
  return {
    name: 'kafka-admin',
    version: KAFKA_VERSION,
    ingredients,
    make: async ({ folder, log, say }) => {
      say('compiling');
      await run({
        purpose: 'compiling KafkaAdmin',
        program: programOf(javac, machine.env, folder),
        args: ['--release', '17', '-cp', libs, '-d', folder, source],
        cwd: folder,
        env: machine.env,
        log,
      });
      copyFileSync(join(kafka, LOGGING_FILE), join(folder, LOGGING_FILE));
    },
  };
}
