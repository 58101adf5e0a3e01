import type { z } from 'zod';
import type { CloudEvent } from '../events/cloud-event';

/**
 * How an actor is declared. An actor is a plain description: its type, the schema of its head document, its
 * commands and its reminders. Decisions are pure functions; the host loads, commits and relays (see README.md
 * in this folder).
 */

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json | undefined };

/** An event that a decision wants told. It leaves through the outbox, after the commit. */
export interface OutgoingEvent {
  topic: string;
  /** Kafka's key: events with the same key stay in order. */
  key: string;
  event: CloudEvent;
}

/** The documents beside the head that a turn has read, by their key below the actor. */
export interface Documents {
  /** @returns undefined when it is not stored @throws ZodError when what is stored does not fit */
  get<T>(key: string, schema: z.ZodType<T>): T | undefined;
  /** Whether it was asked for in this turn, stored or not. */
  has(key: string): boolean;
}

export interface Turn<S> {
  /** The actor's id. */
  id: string;
  /** The head document; undefined as long as nothing was ever committed. */
  state: S | undefined;
  documents: Documents;
  /** Epoch milliseconds. */
  nowMs: number;
}

export interface Decision<S, R> {
  reply: R;
  /** The new head. Left out: nothing is written, and there may be no documents and no events. */
  state?: S;
  /** Documents to put, or with null to delete, in the head's transaction. */
  documents?: Record<string, unknown>;
  /** Documents that must not exist yet: the store itself refuses a second one. */
  inserts?: Record<string, unknown>;
  events?: OutgoingEvent[];
  /** Reminders to arm after the commit, by name, in milliseconds from now; before the turn is acknowledged. */
  remind?: Record<string, number>;
}

interface Reads<S, I> {
  /** Keys that are read together with the head. */
  documents?: (input: I, id: string) => string[];
  /** Keys that depend on what was read; asked again until it names nothing new. */
  more?: (turn: Turn<S>, input: I) => string[];
}

export interface CommandSpec<S, I, R> extends Reads<S, I> {
  /**
   * What re-drives the relay after a crash: `request` arms the safety reminder before the commit and replies
   * before the relay; `message` relays before it replies (the broker sends it again); `read` writes nothing.
   */
  startedBy: 'request' | 'message' | 'read';
  input: z.ZodType<I>;
  decide: (turn: Turn<S>, input: I) => Decision<S, R>;
}

export interface ReminderSpec<S, A> extends Reads<S, void> {
  /** The only place where a turn may talk to the world outside Dapr; must end well before the drain timeout. */
  act?: (turn: Turn<S>) => Promise<A>;
  decide: (turn: Turn<S>, acted: A) => Decision<S, void>;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a record of commands with unlike inputs
export type AnyCommand<S> = CommandSpec<S, any, any>;
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a record of reminders with unlike outcomes
export type AnyReminder<S> = ReminderSpec<S, any>;

export interface ActorDefinition<S, C extends Record<string, AnyCommand<S>>> {
  /** The Dapr actor type, and the first part of its keys. */
  type: string;
  state: z.ZodType<S>;
  commands: C;
  reminders?: Record<string, AnyReminder<S>>;
  /**
   * The reminder that `request` commands arm before they commit. By default one named `relay` that only
   * relays what is pending; an actor may name one of its own reminders, which then has this duty too.
   */
  safetyReminder?: { name: string; dueMs: number };
}

/** Checks a declaration's types and returns it as it is. */
export function defineActor<S, C extends Record<string, AnyCommand<S>>>(
  definition: ActorDefinition<S, C>,
): ActorDefinition<S, C> {
  return definition;
}

/** What a caller sees of an actor: one async function per command. */
export type ActorClient<C> = {
  [K in keyof C]: C[K] extends CommandSpec<infer _S, infer I, infer R>
    ? (input: I, options?: { deadlineMs?: number }) => Promise<R>
    : never;
};
