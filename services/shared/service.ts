import type { RequestListener } from 'node:http';
import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import type { Registry } from 'prom-client';
import type { z } from 'zod';
import type { ActorDefinition, AnyCommand } from './dapr/actor';
import type { Sidecar } from './dapr/sidecar';
import type { Subscription } from './dapr/subscription';
import { commonConfig } from './config';
import type { Logger } from './log';

export interface ServiceContext<S extends z.ZodRawShape> {
  config: z.infer<z.ZodObject<S & typeof commonConfig>>;
  sidecar: Sidecar;
  log: Logger;
  metrics: Registry;
}

/** What a service is made of. The order in which they start and stop is this file's affair. */
export interface ServiceParts {
  /** gRPC services that other apps call through the sidecars. */
  grpc?: { definition: ServiceDefinition; implementation: UntypedServiceImplementation }[];
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- actors of unlike states
  actors?: { store: string; definitions: ActorDefinition<any, Record<string, AnyCommand<any>>>[] };
  subscriptions?: Subscription[];
  /** The public HTTP side. */
  http?: { port: number; listener: RequestListener };
  /** Runs after the edges are closed and the last turn has ended. */
  close?: () => Promise<void>;
}

/**
 * Runs a service until it is told to stop: parses the environment (a wrong one: one sentence, exit 1), opens
 * the edges, hosts the actors, and on SIGTERM or SIGINT finishes what is under way and exits with 0.
 */
export declare function runService<S extends z.ZodRawShape>(
  name: string,
  shape: S,
  build: (context: ServiceContext<S>) => ServiceParts | Promise<ServiceParts>,
): void;
