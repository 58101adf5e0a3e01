import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where a stack keeps what: everything lies under its DATA_DIR. */
export function stackPaths(dataDir: string) {
  return {
    /** Written anew at each start: the rendered dapr.yaml and components, Kafka's properties, the run record. */
    run: join(dataDir, 'run'),
    runFile: join(dataDir, 'run', 'dapr.yaml'),
    configFile: join(dataDir, 'run', 'dapr-config.yaml'),
    components: join(dataDir, 'run', 'components'),
    record: join(dataDir, 'run', 'stack.json'),
    kafkaProperties: join(dataDir, 'run', 'kafka.properties'),
    log: join(dataDir, 'log'),
    previousLog: join(dataDir, 'log.previous'),
    stackId: join(dataDir, 'stack-id'),
    kafkaClusterId: join(dataDir, 'kafka-cluster-id'),
    tokenKeys: join(dataDir, 'secrets', 'token-keys.json'),
    state: join(dataDir, 'state'),
    kafka: join(dataDir, 'kafka'),
    scheduler: join(dataDir, 'scheduler'),
  };
}

export type StackPaths = ReturnType<typeof stackPaths>;

/** The clone's folder, from the sources as from `dist`. */
export function repositoryRoot(from: string = __dirname): string {
  for (let at = from; at !== dirname(at); at = dirname(at)) {
    if (existsSync(join(at, 'package.json'))) return at;
  }
  throw new Error(`no package.json above ${from}`);
}

/** The DATA_DIR of the stack that flow tests run on; its logs stay there. */
export const flowStackFolder = (root: string): string => join(root, 'test-output', 'flow');
