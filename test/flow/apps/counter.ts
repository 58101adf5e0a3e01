import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { defineActor, type Decision, type Turn } from '../../../services/shared/dapr/actor';
import type { Sidecar } from '../../../services/shared/dapr/sidecar';
import { runService } from '../../../services/shared/service';

/**
 * An app for the tests of the actor host: counters that remember each operation id. A `grant` is a reminder whose
 * turn is held open between its load and its commit, so that a test can freeze the process or its sidecar in between;
 * that it is held shows in a file named after the operation.
 */
const counterState = z.object({
  total: z.number(),
  operations: z.array(z.string()),
  ticks: z.number(),
  grant: z.object({ operation_id: z.string(), amount: z.number(), hold_ms: z.number() }).optional(),
});
type CounterState = z.infer<typeof counterState>;

export const MAX_TICKS = 20;

const stateOf = (turn: Turn<CounterState>): CounterState =>
  turn.state ?? { total: 0, operations: [], ticks: 0 };

const addInput = z.object({ operation_id: z.string(), amount: z.number() });
type AddInput = z.infer<typeof addInput>;

function add(
  state: CounterState,
  { operation_id, amount }: AddInput,
): Decision<CounterState, { total: number }> {
  if (state.operations.includes(operation_id)) return { reply: { total: state.total } };
  const total = state.total + amount;
  return { reply: { total }, state: { ...state, total, operations: [...state.operations, operation_id] } };
}

const grantInput = addInput.extend({ hold_ms: z.number() });
const textInput = z.object({ text: z.string() });

export const counterActor = (type: string) =>
  defineActor({
    type,
    state: counterState,
    safetyReminder: { name: 'relay', dueMs: 5_000 },
    commands: {
      add: {
        startedBy: 'request',
        input: addInput,
        decide: (turn: Turn<CounterState>, input: AddInput) => add(stateOf(turn), input),
      },
      read: {
        startedBy: 'read',
        input: z.object({}),
        decide: (turn: Turn<CounterState>) => ({ reply: { ...stateOf(turn), pid: process.pid } }),
      },
      /** Ticks MAX_TICKS times, each armed by the one before. */
      startTicking: {
        startedBy: 'message',
        input: z.object({}),
        decide: (turn: Turn<CounterState>) => ({ reply: {}, state: stateOf(turn), remind: { tick: 0 } }),
      },
      armGrant: {
        startedBy: 'message',
        input: grantInput,
        decide: (turn: Turn<CounterState>, grant: z.infer<typeof grantInput>) => ({
          reply: {},
          state: { ...stateOf(turn), grant },
          remind: { grant: 0 },
        }),
      },
      echo: {
        startedBy: 'read',
        input: textInput,
        decide: (_turn: Turn<CounterState>, { text }: { text: string }) => ({
          reply: { length: text.length },
        }),
      },
      keep: {
        startedBy: 'request',
        input: textInput,
        decide: (turn: Turn<CounterState>, { text }: { text: string }) => ({
          reply: { length: text.length },
          state: stateOf(turn),
          documents: { text },
        }),
      },
    },
    reminders: {
      tick: {
        decide: (turn: Turn<CounterState>) => {
          const state = stateOf(turn);
          if (state.ticks >= MAX_TICKS) return { reply: undefined };
          const ticks = state.ticks + 1;
          return {
            reply: undefined,
            state: { ...state, ticks },
            remind: ticks < MAX_TICKS ? { tick: 50 } : {},
          };
        },
      },
      grant: {
        act: async (turn: Turn<CounterState>) => {
          const { grant, operations } = stateOf(turn);
          if (!grant || operations.includes(grant.operation_id)) return;
          writeFileSync(join(tmpdir(), grant.operation_id), '');
          await sleep(grant.hold_ms);
        },
        decide: (turn: Turn<CounterState>) => {
          const state = stateOf(turn);
          const decision = state.grant ? add(state, state.grant) : { reply: undefined };
          return { ...decision, reply: undefined };
        },
      },
    },
  });

/** Takes the etags out of every commit: what the host would be without its fence. */
function takeOutTheFence(sidecar: Sidecar): void {
  const transact = sidecar.transact.bind(sidecar);
  sidecar.transact = (store, operations) =>
    transact(
      store,
      operations.map((one) => ('json' in one ? { key: one.key, json: one.json } : one)),
    );
}

if (require.main === module) {
  const shape = {
    STATE_STORE: z.string(),
    ACTOR_TYPE: z.string(),
    FENCE: z.enum(['on', 'off']).default('on'),
  };
  runService('counter', shape, ({ config, sidecar }) => {
    if (config.FENCE === 'off') takeOutTheFence(sidecar);
    return { actors: { store: config.STATE_STORE, definitions: [counterActor(config.ACTOR_TYPE)] } };
  });
}
