import { status } from '@grpc/grpc-js';
import * as dapr from '../../../../services/gen/dapr/proto/runtime/v1/runtime';
import { grpcError } from './faults';

const { CONCURRENCY_FIRST_WRITE } = dapr.StateOptionsStateConcurrency;

/** A state store as Dapr shows it: values with etags, transactions that happen whole or not at all. */
export class FakeStore {
  readonly #items = new Map<string, { value: Buffer; etag: string }>();
  #writes = 0;

  read(keys: string[]): dapr.BulkStateItem[] {
    return keys.map((key) => {
      const item = this.#items.get(key);
      return new dapr.BulkStateItem({ key, ...(item && { data: item.value, etag: item.etag }) });
    });
  }

  /** @throws INTERNAL when an etag does not match or an inserted key exists; then nothing is written */
  transact(operations: dapr.TransactionalStateOperation[]): void {
    for (const { operationType, request } of operations) {
      if (operationType === 'upsert') this.check(request);
    }
    for (const { operationType, request } of operations) {
      if (operationType === 'delete') this.#items.delete(request.key);
      else this.#items.set(request.key, { value: Buffer.from(request.value), etag: String(++this.#writes) });
    }
  }

  /** The document under a key, parsed. */
  document(key: string): unknown {
    const item = this.#items.get(key);
    return item && JSON.parse(item.value.toString('utf8'));
  }

  plant(key: string, document: unknown): void {
    this.#items.set(key, { value: Buffer.from(JSON.stringify(document)), etag: String(++this.#writes) });
  }

  keys(prefix = ''): string[] {
    return [...this.#items.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  private check(item: dapr.StateItem): void {
    if (item.options?.concurrency !== CONCURRENCY_FIRST_WRITE) return;
    const stored = this.#items.get(item.key);
    const holds = item.hasEtag ? stored?.etag === item.etag.value : stored === undefined;
    if (!holds) throw grpcError(status.INTERNAL, 'possible etag mismatch. error from state store');
  }
}
