import { z } from 'zod';
import type { ActorDefinition, AnyCommand, Decision, Documents, OutgoingEvent } from './actor';
import type { ActorRuntime, StateOperation, StoredItem } from './runtime';

/** An actor definition of any state and any commands. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the host treats all states alike
export type AnyActor = ActorDefinition<any, Record<string, AnyCommand<any>>>;

/** The head document as it is stored: the actor's state, and which outbox rows are not known to be published. */
export interface Head {
  state: unknown;
  /** Rows outboxFrom ≤ seq < outboxNext wait, or were published and not yet cleared. */
  outboxFrom: number;
  outboxNext: number;
  /** The note of the safety reminder that stood when a request last committed. */
  safetyNote?: string | undefined;
  etag: string;
}

const storedHead = z.object({
  state: z.unknown(),
  outbox_from: z.number().int(),
  outbox_next: z.number().int(),
  safety_note: z.string().optional(),
});
const storedEvent = z.object({ topic: z.string(), key: z.string(), event: z.unknown() });

const MAX_READ_ROUNDS = 512;
/** Of one transaction; after an outage the next ones take the rest. */
const MAX_CLEARED_ROWS = 256;

/** Where an actor's documents stand in the store: `<type>/<id>/<document>`. */
export class ActorStore {
  constructor(
    private readonly runtime: ActorRuntime,
    private readonly store: string,
    private readonly actor: AnyActor,
    private readonly id: string,
  ) {}

  /**
   * The head and the named documents in one call, then what `more` asks for, until it asks for nothing new.
   * @param more is given what was read so far
   */
  async load(first: string[], more: (head: Head | undefined, documents: Documents) => string[]) {
    const items = new Map<string, StoredItem | undefined>();
    const documents = new LoadedDocuments(items);
    await this.read(['head', ...first], items);
    const head = this.headOf(items.get('head'));
    for (let round = 0; round < MAX_READ_ROUNDS; round++) {
      const missing = [...new Set(more(head, documents))].filter((key) => !items.has(key));
      if (missing.length === 0) return { head, documents };
      await this.read(missing, items);
    }
    throw new Error(`a turn of ${this.key('')} wanted more than ${MAX_READ_ROUNDS} rounds of documents`);
  }

  /**
   * Writes a decision and its outbox rows in one transaction, fenced by the etag of the head that it was made from.
   * @param clearTo rows below it are known to be published and go with this commit
   * @param safetyNote of the reminder that was armed for it; by default the head's stays
   * @returns the events by their outbox seq
   */
  async commit(
    head: Head | undefined,
    decision: Decision<unknown, unknown>,
    clearTo: number,
    safetyNote = head?.safetyNote,
  ) {
    const from = head ? clearedTo(head, clearTo) : 0;
    const next = head?.outboxNext ?? 0;
    const events = decision.events ?? [];
    const operations: StateOperation[] = [
      this.headOperation(head, decision.state, from, next + events.length, safetyNote),
      ...Object.entries(decision.documents ?? {}).map(([name, value]) => this.put(name, value)),
      ...Object.entries(decision.inserts ?? {}).map(([name, value]) => ({
        ...this.put(name, value),
        insert: true,
      })),
      ...events.map((event, index) => this.put(outboxRow(next + index), event)),
      ...range(head?.outboxFrom ?? 0, from).map((seq) => this.put(outboxRow(seq), null)),
    ];
    await this.runtime.transact(this.store, operations);
    return new Map(events.map((event, index) => [next + index, event]));
  }

  /** Moves outbox_from on and deletes the rows below it; the state stays. @returns where it stands then */
  async clear(head: Head, clearTo: number): Promise<number> {
    const from = clearedTo(head, clearTo);
    await this.runtime.transact(this.store, [
      this.headOperation(head, head.state, from, head.outboxNext, head.safetyNote),
      ...range(head.outboxFrom, from).map((seq) => this.put(outboxRow(seq), null)),
    ]);
    return from;
  }

  async outbox(seqs: number[]): Promise<Map<number, OutgoingEvent>> {
    const items = new Map<string, StoredItem | undefined>();
    await this.read(seqs.map(outboxRow), items);
    const rows = new Map<number, OutgoingEvent>();
    for (const seq of seqs) {
      const item = items.get(outboxRow(seq));
      if (item) rows.set(seq, storedEvent.parse(JSON.parse(item.json)) as OutgoingEvent);
    }
    return rows;
  }

  private async read(names: string[], into: Map<string, StoredItem | undefined>): Promise<void> {
    const found = await this.runtime.read(
      this.store,
      names.map((name) => this.key(name)),
    );
    for (const name of names) into.set(name, found.get(this.key(name)));
  }

  private headOf(item: StoredItem | undefined): Head | undefined {
    if (!item) return undefined;
    const stored = storedHead.parse(JSON.parse(item.json));
    return {
      state: this.actor.state.parse(stored.state),
      outboxFrom: stored.outbox_from,
      outboxNext: stored.outbox_next,
      safetyNote: stored.safety_note,
      etag: item.etag,
    };
  }

  private headOperation(
    head: Head | undefined,
    state: unknown,
    from: number,
    next: number,
    safetyNote: string | undefined,
  ): StateOperation {
    const json = JSON.stringify({ state, outbox_from: from, outbox_next: next, safety_note: safetyNote });
    const fence = head ? { etag: head.etag } : { insert: true };
    return { key: this.key('head'), json, ...fence };
  }

  private put(name: string, value: unknown): StateOperation {
    const key = this.key(name);
    return value === null ? { key, delete: true } : { key, json: JSON.stringify(value) };
  }

  private key(name: string): string {
    return `${this.actor.type}/${this.id}/${name}`;
  }
}

const outboxRow = (seq: number): string => `outbox/${seq}`;
/** Where outbox_from stands after one commit that clears. */
const clearedTo = (head: Head, clearTo: number): number =>
  Math.max(head.outboxFrom, Math.min(clearTo, head.outboxNext, head.outboxFrom + MAX_CLEARED_ROWS));
const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);

class LoadedDocuments implements Documents {
  constructor(private readonly items: Map<string, StoredItem | undefined>) {}
  get<T>(key: string, schema: z.ZodType<T>): T | undefined {
    const item = this.items.get(key);
    return item && schema.parse(JSON.parse(item.json));
  }
  has(key: string): boolean {
    return this.items.has(key);
  }
}
