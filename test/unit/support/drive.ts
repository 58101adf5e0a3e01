import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import type {
  ActorClient,
  ActorDefinition,
  AnyCommand,
  Decision,
  Documents,
  OutgoingEvent,
  Turn,
} from '../../../services/shared/dapr/actor';

/** More rounds of `more` than this is a decision that never ends reading. */
const MAX_READ_ROUNDS = 2_000;

interface Reads<S, I> {
  documents?: (input: I, id: string) => string[];
  more?: (turn: Turn<S>, input: I) => string[];
}

/** Serves what a turn has read, and fails on a key that was never asked for: the host has not read it either. */
class ReadDocuments implements Documents {
  private readonly asked = new Set<string>();
  constructor(private readonly stored: ReadonlyMap<string, string>) {}

  ask(keys: string[]): boolean {
    const before = this.asked.size;
    keys.forEach((key) => this.asked.add(key));
    return this.asked.size > before;
  }

  has(key: string): boolean {
    return this.asked.has(key);
  }

  get size(): number {
    return this.asked.size;
  }

  get<T>(key: string, schema: z.ZodType<T>): T | undefined {
    if (!this.has(key)) throw new Error(`The decision uses ${key}, which it has not asked for`);
    const text = this.stored.get(key);
    return text === undefined ? undefined : schema.parse(JSON.parse(text));
  }
}

/** One actor of a definition in memory: its turns are read, decided and applied as the host does, without Dapr. */
export class DrivenActor<S, C extends Record<string, AnyCommand<S>>> {
  private head: string | undefined;
  private readonly stored = new Map<string, string>();
  /** All events decided so far, oldest first. */
  readonly events: OutgoingEvent[] = [];
  /** When each reminder armed by a decision is due, epoch milliseconds. */
  readonly reminders = new Map<string, number>();
  /** Documents put, deleted or inserted by the last turn that committed. */
  lastWritten: string[] = [];
  /** Documents asked for by the last turn. */
  lastRead = 0;
  /** Turns that committed. */
  commits = 0;

  constructor(
    private readonly definition: ActorDefinition<S, C>,
    readonly id: string,
    private readonly clock: () => number,
  ) {}

  get state(): S | undefined {
    return this.head === undefined ? undefined : this.definition.state.parse(JSON.parse(this.head));
  }

  /** What is stored under a key below the actor. */
  document(key: string): unknown {
    const text = this.stored.get(key);
    return text === undefined ? undefined : JSON.parse(text);
  }

  /** Every document's key. */
  keys(): string[] {
    return [...this.stored.keys()];
  }

  /** Plants a state that would take too long to reach. */
  plantHead(state: S): void {
    this.head = JSON.stringify(state);
  }

  /** Runs one turn of a command. */
  send(name: keyof C & string, input: unknown): unknown {
    const decision = this.decide(name, input);
    this.apply(decision);
    return JSON.parse(JSON.stringify(decision.reply ?? null));
  }

  /** Runs one turn whose commit fails: nothing of it is kept. */
  lose(name: keyof C & string, input: unknown): void {
    this.decide(name, input);
  }

  /** Plants a document behind the actor's back; null takes one away. */
  plantDocument(key: string, document: unknown): void {
    if (document === null) this.stored.delete(key);
    else this.stored.set(key, JSON.stringify(document));
  }

  private decide(name: keyof C & string, input: unknown): Decision<S, unknown> {
    const command = this.definition.commands[name];
    if (!command) throw new Error(`${this.definition.type} has no command ${name}`);
    const parsed: unknown = command.input.parse(JSON.parse(JSON.stringify(input)));
    const turn = this.read(command, parsed);
    const decision = command.decide(turn, parsed) as Decision<S, unknown>;
    if (command.startedBy === 'read' && decision.state !== undefined) throw new Error(`${name} is a read`);
    return decision;
  }

  /** Fires a reminder, whether it was due or not. */
  fire(name: string, acted?: unknown): void {
    const reminder = this.definition.reminders?.[name];
    if (!reminder) throw new Error(`${this.definition.type} has no reminder ${name}`);
    this.reminders.delete(name);
    this.apply(reminder.decide(this.read(reminder, undefined), acted));
  }

  private read<I>(reads: Reads<S, I>, input: I): Turn<S> {
    const documents = new ReadDocuments(this.stored);
    const turn = { id: this.id, state: this.state, documents, nowMs: this.clock() };
    const first = reads.documents?.(input, this.id) ?? [];
    documents.ask(first);
    let rounds = 0;
    while (reads.more && documents.ask(reads.more(turn, input))) {
      if (++rounds > MAX_READ_ROUNDS) throw new Error(`${this.definition.type} reads without end`);
    }
    this.lastRead = documents.size;
    return turn;
  }

  private apply(decision: Decision<S, unknown>): void {
    const { state, documents = {}, inserts = {}, events = [], remind = {} } = decision;
    if (state === undefined) {
      const idle = [documents, inserts, events].every((part) => Object.keys(part).length === 0);
      if (!idle) throw new Error('A decision without a state may not write or tell anything');
    } else {
      const taken = Object.keys(inserts).filter((key) => this.stored.has(key) || key in documents);
      if (taken.length > 0) throw new Error(`Inserted again: ${taken.join(', ')}`);
      const text = JSON.stringify(state);
      if (!isDeepStrictEqual(this.definition.state.parse(JSON.parse(text)), JSON.parse(text)))
        throw new Error(`${this.definition.type}'s schema does not hold its whole state: ${text}`);
      this.head = text;
      for (const [key, document] of Object.entries({ ...documents, ...inserts })) {
        if (document === null) this.stored.delete(key);
        else this.stored.set(key, JSON.stringify(document));
      }
      this.events.push(...structuredClone(events));
      this.lastWritten = [...Object.keys(documents), ...Object.keys(inserts)];
      this.commits++;
    }
    for (const [name, delayMs] of Object.entries(remind)) this.reminders.set(name, this.clock() + delayMs);
  }
}

/**
 * All actors of one definition in memory, behind the interface of `actorClient`: a fake for the edges, and a
 * pure driver for the decisions.
 */
export function drive<S, C extends Record<string, AnyCommand<S>>>(
  definition: ActorDefinition<S, C>,
  clock: () => number = () => Date.UTC(2026, 0, 1),
) {
  const actors = new Map<string, DrivenActor<S, C>>();
  const actor = (id: string): DrivenActor<S, C> => {
    const known = actors.get(id) ?? new DrivenActor(definition, id, clock);
    actors.set(id, known);
    return known;
  };
  const of = (id: string): ActorClient<C> =>
    Object.fromEntries(
      Object.keys(definition.commands).map((name) => [
        name,
        async (input: unknown) => Promise.resolve(actor(id).send(name, input)),
      ]),
    ) as ActorClient<C>;
  return { actor, of };
}
