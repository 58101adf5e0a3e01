import type { ActorClient, ActorDefinition, AnyCommand } from './actor';
import type { Sidecar } from './sidecar';

/** The typed way to call actors: `orders.of(number).register({...})`. */
export declare function actorClient<S, C extends Record<string, AnyCommand<S>>>(
  sidecar: Sidecar,
  definition: ActorDefinition<S, C>,
): { of(id: string): ActorClient<C> };
