import type { Decision, Turn } from './actor';
import { backoffMs, pause } from './backoff';
import type { ActorStore, Head } from './document';
import type { HostMetrics } from './metrics';
import type { Outbox } from './outbox';
import { TooLargeError, type ActorRuntime } from './runtime';

const MAX_COMMIT_TRIES = 8;
const COMMIT_RETRY_FIRST_MS = 5;
const COMMIT_RETRY_MAX_MS = 250;

/** The turn's caller has given up meanwhile: nothing was written. */
export class ExpiredError extends Error {}

/** What a turn is about to do, in the order in which it does it. */
export interface Step<R> {
  /** Documents that are read with the head. */
  first: string[];
  more: (turn: Turn<unknown>) => string[];
  /** The world outside Dapr; called once, with what the first load showed. */
  act?: (turn: Turn<unknown>) => Promise<unknown>;
  decide: (turn: Turn<unknown>, acted: unknown) => Decision<unknown, R>;
  /** Begun beside the load, confirmed before a commit is sent. */
  arm?: () => Promise<void>;
  /** The note of the safety reminder that this turn arms, or that has started it. */
  safetyNote?: string | undefined;
  /** Epoch milliseconds after which nothing may be committed. */
  deadlineMs?: number;
  /** Called when all is committed and before the decision's reminders are armed. */
  beforeArming?: () => void;
  /** Travels with the reminders that the decision arms. */
  note?: string | undefined;
}

export interface TurnContext {
  type: string;
  id: string;
  runtime: ActorRuntime;
  store: ActorStore;
  outbox: Outbox;
  metrics: HostMetrics;
  nowMs: () => number;
}

/**
 * One turn: load, decide, commit. A commit that lost or whose outcome is unknown means: load and decide again;
 * the operation id in the state tells whether it had happened.
 * @throws ExpiredError; TooLargeError; what the store threw when no try succeeded
 */
export async function runTurn<R>(context: TurnContext, step: Step<R>): Promise<R> {
  const { store, outbox, nowMs } = context;
  refuseWhenExpired(step, nowMs());
  const armed = step.arm?.();
  armed?.catch(() => undefined); // awaited below, where its failure matters
  let acted: unknown;
  for (let attempt = 0; ; attempt++) {
    const turnOf = (state: unknown, documents: Turn<unknown>['documents']): Turn<unknown> => ({
      id: context.id,
      state,
      documents,
      nowMs: nowMs(),
    });
    const loaded = await store.load(step.first, (head, documents) =>
      step.more(turnOf(head?.state, documents)),
    );
    outbox.loaded(loaded.head);
    const turn = turnOf(loaded.head?.state, loaded.documents);
    if (attempt === 0) acted = await step.act?.(turn);
    refuseWhenExpired(step, nowMs());
    const decision = fenced(step, loaded.head, step.decide(turn, acted));
    if (decision.state !== undefined) {
      await armed;
      refuseWhenExpired(step, nowMs());
      try {
        outbox.committed(await store.commit(loaded.head, decision, outbox.published, step.safetyNote));
      } catch (error) {
        if (error instanceof TooLargeError || attempt + 1 >= MAX_COMMIT_TRIES) throw error;
        context.metrics.commitRetries.inc({ actor: context.type });
        await pause(backoffMs(attempt, COMMIT_RETRY_FIRST_MS, COMMIT_RETRY_MAX_MS));
        continue;
      }
    } else if (decision.events ?? decision.documents ?? decision.inserts) {
      throw new Error(`a decision of ${context.type} without a state has something to write`);
    }
    step.beforeArming?.();
    const note = step.note ?? step.safetyNote ?? loaded.head?.safetyNote;
    await armReminders(context, decision.remind ?? {}, note);
    return decision.reply;
  }
}

/**
 * A safety reminder that finds no commit of the request that armed it writes the head as it is: should that commit
 * still be on its way, from a frozen process, it loses. Nobody would be left to relay its rows.
 */
function fenced<R>(
  step: Step<R>,
  head: Head | undefined,
  decision: Decision<unknown, R>,
): Decision<unknown, R> {
  const isSafetyReminder = step.safetyNote !== undefined && !step.arm;
  if (!isSafetyReminder || !head || head.safetyNote === step.safetyNote) return decision;
  return decision.state === undefined ? { ...decision, state: head.state } : decision;
}

function refuseWhenExpired(step: Step<unknown>, nowMs: number): void {
  if (step.deadlineMs !== undefined && nowMs > step.deadlineMs) throw new ExpiredError('expired');
}

async function armReminders(context: TurnContext, reminders: Record<string, number>, note?: string) {
  const { type, id, runtime } = context;
  await Promise.all(
    Object.entries(reminders).map(([name, dueMs]) =>
      runtime.remind({ type, id, name, dueMs, ...(note !== undefined && { note }) }),
    ),
  );
}
