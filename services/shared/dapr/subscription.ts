import type { CloudEvent } from '../events/cloud-event';
import { eventTypes, type EventData, type EventName, type Topic } from '../events/catalogue';

/** Says that an event is understood but can never be handled: it goes to `<topic>.dead` with this cause. */
export class DeadLetter {
  constructor(readonly cause: string) {}
}

export interface Subscription {
  topic: Topic;
  name: EventName;
  /** @param event has been checked: its data fits the event type's schema */
  handle: (event: CloudEvent) => Promise<void | DeadLetter>;
}

/**
 * One row of a service's table of subscriptions: which event, and what is done with it. What the handler
 * throws makes the broker send the event again, for ever; the partition waits.
 */
export function on<N extends EventName>(
  name: N,
  handle: (data: EventData<N>, event: CloudEvent) => Promise<void | DeadLetter>,
): Subscription {
  return {
    topic: eventTypes[name].topic,
    name,
    handle: (event) => handle(event.data as EventData<N>, event),
  };
}
