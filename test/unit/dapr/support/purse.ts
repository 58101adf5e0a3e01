import { z } from 'zod';
import {
  defineActor,
  type Decision,
  type OutgoingEvent,
  type Turn,
} from '../../../../services/shared/dapr/actor';

const purseState = z.object({ points: z.number(), results: z.record(z.string(), z.number()) });
type PurseState = z.infer<typeof purseState>;

const change = z.object({ operation: z.string(), points: z.number() });
type Change = z.infer<typeof change>;
type Reply = { ok: true; points: number } | { ok: false; slug: string };

export const changed = (id: string, operation: string, points: number): OutgoingEvent => ({
  topic: 'purse_changed',
  key: id,
  event: {
    specversion: '1.0',
    id: `purse_changed:${operation}`,
    source: 'test',
    type: 'purse_changed',
    time: '2026-01-01T00:00:00Z',
    datacontenttype: 'application/json',
    dataschema: 'urn:test:purse_changed:1',
    subject: id,
    data: { points },
  },
});

function book(turn: Turn<PurseState>, { operation, points }: Change): Decision<PurseState, Reply> {
  const state = turn.state ?? { points: 0, results: {} };
  const first = state.results[operation];
  if (first !== undefined) return { reply: { ok: true, points: first } };
  const total = state.points + points;
  if (total < 0) return { reply: { ok: false, slug: 'insufficient_points' } };
  return {
    reply: { ok: true, points: total },
    state: { points: total, results: { ...state.results, [operation]: total } },
    events: [changed(turn.id, operation, points)],
  };
}

/** Points of one customer: the smallest actor that has something to lose. Each change is told by an event. */
export const purse = defineActor({
  type: 'Purse',
  state: purseState,
  commands: {
    /** Started by a request: the reply comes before the relay. */
    spend: { startedBy: 'request', input: change, decide: book },
    /** Started by a message: the relay comes before the reply. */
    earn: { startedBy: 'message', input: change, decide: book },
    peek: {
      startedBy: 'read',
      input: z.object({}),
      decide: (turn: Turn<PurseState>) => ({ reply: turn.state?.points ?? null }),
    },
  },
});
