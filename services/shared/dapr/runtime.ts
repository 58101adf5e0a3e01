/** What the actor host needs of Dapr: a port, so that tests and simulations can stand below it. */
export interface ActorRuntime {
  /** Reads many keys in one call. Keys that are not stored are left out. */
  read(store: string, keys: string[]): Promise<Map<string, StoredItem>>;
  /** All or nothing. @throws when an etag no longer matches, an insert's key exists, or the outcome is unknown */
  transact(store: string, operations: StateOperation[]): Promise<void>;
  /** @param body the event as JSON @throws when the broker has not confirmed it in time; it may arrive all the same */
  publish(topic: string, key: string, body: string): Promise<void>;
  /** Arms a one-shot reminder, in place of an armed one of this name. It is fired again until it is answered. */
  remind(reminder: Reminder): Promise<void>;
}

export interface StoredItem {
  json: string;
  etag: string;
}

export type StateOperation =
  /** With an etag: only if it still matches. `insert`: only if the key is absent. Else: in any case. */
  { key: string; json: string; etag?: string; insert?: boolean } | { key: string; delete: true };

export interface Reminder {
  type: string;
  id: string;
  name: string;
  dueMs: number;
  /** Comes back with the reminder. */
  note?: string;
}

/** Refused before it was sent: a body that would not pass every hop. */
export class TooLargeError extends Error {
  readonly slug = 'too_large';
  constructor(bytes: number) {
    super(`too_large: ${bytes} bytes, and a hop takes ${MAX_BODY_BYTES}`);
  }
}

/** gRPC's default of 4 MiB a message, less room for what goes round the body. */
export const MAX_BODY_BYTES = 3.5 * 1024 * 1024;
