import { promisify } from 'node:util';
import {
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';

/** Serves one gRPC service on a free port of this machine. */
export async function serveGrpc(definition: ServiceDefinition, implementation: UntypedServiceImplementation) {
  const server = new Server();
  server.addService(definition, implementation);
  const bind = promisify(server.bindAsync.bind(server));
  const port = await bind('127.0.0.1:0', ServerCredentials.createInsecure());
  return { port, close: promisify(server.tryShutdown.bind(server)) };
}
