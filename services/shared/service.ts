import type { RequestListener, Server as HttpServer } from 'node:http';
import { once } from 'node:events';
import {
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { z } from 'zod';
import { UnimplementedAppCallbackService } from '../gen/dapr/proto/runtime/v1/runtime';
import { commonConfig, ConfigError, parseEnvironment } from './config';
import { pause } from './dapr/backoff';
import type { AnyActor } from './dapr/document';
import { ActorHost } from './dapr/host';
import { Sidecar } from './dapr/sidecar';
import { ActorStream } from './dapr/stream';
import type { Subscription } from './dapr/subscription';
import { TopicConsumer } from './dapr/topics';
import { refuseOldRuntime } from './dapr/version';
import { closer, createPublicServer } from './http-server';
import { createLogger, type Logger } from './log';
import { createOpsServer, type Readiness } from './ops';

/** Requests under way get so long to end; then the process leaves all the same. */
const DRAIN_MS = 8_000;
const SIDECAR_POLL_MS = 100;
const SIDECAR_PATIENCE_MS = 15_000;

export interface ServiceContext<S extends z.ZodRawShape> {
  config: z.infer<z.ZodObject<S & typeof commonConfig>>;
  sidecar: Sidecar;
  log: Logger;
  metrics: Registry;
  /** Of the shared parts: the edges, the sidecar's channel and the actor stream. */
  readiness: Readiness;
}

/** What a service is made of. The order in which the parts start and stop is this file's affair. */
export interface ServiceParts {
  /** gRPC services that other apps call through the sidecars. */
  grpc?: { definition: ServiceDefinition; implementation: UntypedServiceImplementation }[];
  actors?: { store: string; definitions: AnyActor[] };
  subscriptions?: Subscription[];
  /** The public HTTP side. */
  http?: { port: number; host?: string; listener: RequestListener };
  /** Runs when everything else is open. */
  started?: () => Promise<void> | void;
  /** Runs first when the service is told to stop: ends what would hold the edges open, such as streams. */
  stopping?: () => void;
  /** Runs after the edges are closed and the last turn has ended. */
  close?: () => Promise<void> | void;
}

type Build<S extends z.ZodRawShape> = (context: ServiceContext<S>) => ServiceParts | Promise<ServiceParts>;

/**
 * Runs a service until it is told to stop: parses the environment (a wrong one: one sentence, exit 1), opens
 * the edges, hosts the actors, and on SIGTERM or SIGINT finishes what is under way and exits with 0.
 */
export function runService<S extends z.ZodRawShape>(name: string, shape: S, build: Build<S>): void {
  run(name, shape, build).catch((error: unknown) => {
    const sentence = error instanceof ConfigError ? error.message : (error as Error).stack;
    process.stderr.write(`${name}: ${sentence}\n`);
    process.exit(1);
  });
}

async function run<S extends z.ZodRawShape>(name: string, shape: S, build: Build<S>): Promise<void> {
  const config = parseEnvironment({ ...commonConfig, ...shape }) as ServiceContext<S>['config'];
  const common = config as z.infer<z.ZodObject<typeof commonConfig>>;
  const log = createLogger(name, common.LOG_LEVEL);
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });
  const sidecar = new Sidecar(`127.0.0.1:${common.DAPR_GRPC_PORT}`);
  let stream: ActorStream | undefined;
  let open = false;
  const readiness = () => ({ open, sidecar: sidecar.connected, ...(stream && { actors: stream.ready }) });

  const parts = await build({ config, sidecar, log, metrics, readiness });
  const { store, definitions } = parts.actors ?? { store: '', definitions: [] };
  const host = new ActorHost(sidecar, store, definitions, metrics, log);
  const consumer = new TopicConsumer(name, sidecar, parts.subscriptions ?? [], metrics, log);

  const ops = createOpsServer(metrics, readiness);
  const closeOps = closer(ops);
  await listen(ops, common.OPS_PORT, '127.0.0.1');
  // The sidecar waits for the app's port, and the actors for the sidecar.
  const grpc = await serveGrpc(common.APP_PORT, consumer, parts);
  refuseOldRuntime(await versionOnceItAnswers(sidecar, log), log);
  if (definitions.length > 0) {
    stream = new ActorStream(sidecar, host, log);
    stream.start();
  }
  const http = parts.http && createPublicServer(parts.http.listener);
  const closeHttp = http && closer(http);
  if (parts.http && http) await listen(http, parts.http.port, parts.http.host ?? '127.0.0.1');
  await parts.started?.();
  open = true;
  log.info('ready');

  onStopSignal(name, log, async () => {
    consumer.drain();
    parts.stopping?.();
    await Promise.all([closeHttp?.(), closeGrpc(grpc)]);
    await host.drain();
    await stream?.close();
    await parts.close?.();
    await closeOps();
    sidecar.close();
  });
}

async function serveGrpc(port: number, consumer: TopicConsumer, parts: ServiceParts): Promise<Server> {
  const server = new Server();
  const callbacks = consumer.callbacks() as unknown as UntypedServiceImplementation;
  server.addService(UnimplementedAppCallbackService.definition, callbacks);
  for (const { definition, implementation } of parts.grpc ?? [])
    server.addService(definition, implementation);
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error) =>
      error ? reject(new ConfigError(`APP_PORT ${port} cannot be opened: ${error.message}.`)) : resolve(),
    );
  });
  return server;
}

async function listen(server: HttpServer, port: number, host: string): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new ConfigError(`Port ${port} cannot be opened: ${(error as Error).message}.`);
  }
}

/**
 * A sidecar that starts late, or dies meanwhile and starts again, is waited for, with a word in the log now and then.
 * @returns its runtime's version
 */
async function versionOnceItAnswers(sidecar: Sidecar, log: Logger): Promise<string> {
  for (let waitedMs = 0; ; waitedMs += SIDECAR_POLL_MS) {
    const version = sidecar.connected ? await sidecar.runtimeVersion().catch(() => undefined) : undefined;
    if (version !== undefined) return version;
    if (waitedMs > 0 && waitedMs % SIDECAR_PATIENCE_MS === 0)
      log.warn(`no sidecar at ${sidecar.address} yet`);
    await pause(SIDECAR_POLL_MS);
  }
}

function onStopSignal(name: string, log: Logger, stop: () => Promise<void>): void {
  let stopping = false;
  const handle = (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => {
      log.warn(`${name} did not finish in ${DRAIN_MS} ms and leaves`);
      process.exit(1);
    }, DRAIN_MS).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', handle);
  process.on('SIGINT', handle);
}

const closeGrpc = (server: Server): Promise<void> =>
  new Promise((resolve) => server.tryShutdown(() => resolve()));
