import { z } from 'zod';
import { defineActor, type Turn } from '../../../services/shared/dapr/actor';
import { runService } from '../../../services/shared/service';

/**
 * An app for tests of the actor host: counters that remember each operation id, told what to do over actor calls.
 * Its sleeps hold a turn open, so that a test can freeze the process or its sidecar in the middle of one.
 */
const counterState = z.object({ total: z.number(), operations: z.array(z.string()), ticks: z.number() });
type CounterState = z.infer<typeof counterState>;

const stateOf = (turn: Turn<CounterState>): CounterState =>
  turn.state ?? { total: 0, operations: [], ticks: 0 };

const addInput = z.object({ operation_id: z.string(), amount: z.number() });
type AddInput = z.infer<typeof addInput>;

function add(turn: Turn<CounterState>, { operation_id, amount }: AddInput) {
  const state = stateOf(turn);
  if (state.operations.includes(operation_id)) return { reply: { total: state.total, again: true } };
  const total = state.total + amount;
  return {
    reply: { total, again: false },
    state: { ...state, total, operations: [...state.operations, operation_id] },
  };
}

export const counterActor = (type: string) =>
  defineActor({
    type,
    state: counterState,
    safetyReminder: { name: 'relay', dueMs: 5_000 },
    commands: {
      add: { startedBy: 'request', input: addInput, decide: add },
      read: {
        startedBy: 'read',
        input: z.object({}),
        decide: (turn: Turn<CounterState>) => ({
          reply: { ...stateOf(turn), pid: process.pid },
        }),
      },
      /** Ticks `times` times, each armed by the one before, `every_ms` apart. */
      startTicking: {
        startedBy: 'message',
        input: z.object({ every_ms: z.number() }),
        decide: (turn: Turn<CounterState>, input: { every_ms: number }) => ({
          reply: {},
          state: stateOf(turn),
          remind: { tick: input.every_ms },
        }),
      },
      echo: {
        startedBy: 'read',
        input: z.object({ text: z.string() }),
        decide: (_turn: Turn<CounterState>, input: { text: string }) => ({ reply: { text: input.text } }),
      },
    },
    reminders: {
      tick: {
        decide: (turn: Turn<CounterState>) => {
          const state = stateOf(turn);
          const ticks = state.ticks + 1;
          return { reply: undefined, state: { ...state, ticks }, remind: ticks < MAX_TICKS ? { tick: 20 } : {} };
        },
      },
    },
  });

const MAX_TICKS = 20;

if (require.main === module) {
  const shape = { STATE_STORE: z.string(), ACTOR_TYPE: z.string() };
  runService('counter', shape, ({ config }) => ({
    actors: { store: config.STATE_STORE, definitions: [counterActor(config.ACTOR_TYPE)] },
  }));
}
