import type { z } from 'zod';
import type { OutgoingEvent } from '../dapr/actor';
import * as schemas from './schemas';

/** Every topic; the events that none of its consumers understands go to `<topic>.dead`. */
export const topics = ['order_created', 'order_updated', 'transaction_processed', 'accrual'] as const;
export type Topic = (typeof topics)[number];

interface EventType<D> {
  topic: Topic;
  source: string;
  /**
   * Of the data's schema. A member that is added with a default, or that consumers may do without, keeps it; any
   * other change is a new version, and this schema must still read every event of the versions before, since
   * topics keep everything. test/unit/events/recorded holds it to that: what is recorded there is never changed.
   */
  version: number;
  data: z.ZodType<D>;
  /** Derived from the content, never random: an event published twice is the same event. */
  id: (data: D) => string;
  /** Kafka's key: what stays in order with what. */
  key: (data: D) => string;
}

const define = <D>(type: EventType<D>): EventType<D> => type;

/** All events that the services say to each other: where each goes, what it is called, what it holds. */
export const eventTypes = {
  order_created: define({
    topic: 'order_created',
    source: 'gophermart/billing',
    version: 1,
    data: schemas.orderSnapshot,
    id: (order) => `order_created:${order.number}`,
    key: (order) => order.account_id,
  }),
  order_updated: define({
    topic: 'order_updated',
    source: 'gophermart/billing',
    version: 1,
    data: schemas.orderSnapshot,
    id: (order) => `order_updated:${order.number}:${order.version}`,
    key: (order) => order.account_id,
  }),
  transaction_processed: define({
    topic: 'transaction_processed',
    source: 'gophermart/billing',
    version: 1,
    data: schemas.ledgerEntry,
    id: (entry) => `transaction_processed:${entry.id}`,
    key: (entry) => entry.account_id,
  }),
  accrual_started: define({
    topic: 'accrual',
    source: 'gophermart/accrual-adapter',
    version: 1,
    data: schemas.accrualStarted,
    id: (accrual) => `accrual_started:${accrual.number}`,
    key: (accrual) => accrual.number,
  }),
  accrual_finished: define({
    topic: 'accrual',
    source: 'gophermart/accrual-adapter',
    version: 1,
    data: schemas.accrualFinished,
    id: (accrual) => `accrual_finished:${accrual.number}`,
    key: (accrual) => accrual.number,
  }),
  accrual_failed: define({
    topic: 'accrual',
    source: 'gophermart/accrual-adapter',
    version: 1,
    data: schemas.accrualFailed,
    id: (accrual) => `accrual_failed:${accrual.number}`,
    key: (accrual) => accrual.number,
  }),
} as const;

export type EventName = keyof typeof eventTypes;
export type EventData<N extends EventName> = z.infer<(typeof eventTypes)[N]['data']>;

/**
 * An event ready for an actor's outbox. The same arguments give the same bytes.
 * @param at when it happened, RFC 3339; taken from the state that it tells of, never from the clock
 */
export function newEvent<N extends EventName>(name: N, data: EventData<N>, at: string): OutgoingEvent {
  const type = eventTypes[name] as unknown as EventType<EventData<N>>;
  const key = type.key(data);
  return {
    topic: type.topic,
    key,
    event: {
      specversion: '1.0',
      id: type.id(data),
      source: type.source,
      type: name,
      time: at,
      datacontenttype: 'application/json',
      dataschema: `urn:gophermart:${name}:${type.version}`,
      subject: key,
      data,
    },
  };
}
