import { status } from '@grpc/grpc-js';
import type { Gate } from './until';

/** How one call to the fake sidecar goes wrong: `proceed` does what the call asks for. */
export type Fault = (proceed: () => void) => void | Promise<void>;

export function grpcError(code: status, details: string): Error {
  return Object.assign(new Error(details), { code, details });
}

/** Nothing happens, and the caller is told so. */
export const refused: Fault = () => {
  throw grpcError(status.UNAVAILABLE, 'refused by the test');
};

/** It happens, and the caller is told that it failed: an unknown outcome. */
export const appliedButFailed: Fault = (proceed) => {
  proceed();
  throw grpcError(status.DEADLINE_EXCEEDED, 'the answer was lost by the test');
};

/** It happens when the gate opens. */
export const heldAt =
  (gate: Gate): Fault =>
  async (proceed) => {
    await gate.pass();
    proceed();
  };

/** It fails when the gate opens. */
export const refusedAt =
  (gate: Gate): Fault =>
  async (proceed) => {
    await gate.pass();
    await refused(proceed);
  };
