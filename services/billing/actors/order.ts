import { z } from 'zod';
import { defineActor, type CommandSpec, type ReminderSpec } from '../../shared/dapr/actor';
import type { Actors } from '../../shared/dapr/client';
import { newEvent } from '../../shared/events/catalogue';
import { accountId, accrualFailed, accrualFinished, orderSnapshot } from '../../shared/events/schemas';
import { orderNumber } from '../../shared/order-number';
import { refuse, type Outcome } from '../../shared/refusal';
import {
  applyAccrual,
  isFinal,
  originalOf,
  register,
  watchdogDelayMs,
  type Accrual,
  type Order,
  type Registration,
} from '../domain/order';

const state: z.ZodType<Order> = z.object({
  snapshot: orderSnapshot,
  operation_id: z.string(),
  announced: z.number().int().min(0),
  contradictions: z.number().int().min(0),
});

const registration: z.ZodType<Registration> = z.object({
  number: orderNumber,
  account_id: accountId,
  operation_id: z.string().min(1).max(128),
});

const accrual: z.ZodType<Accrual> = z.discriminatedUnion('name', [
  z.object({ name: z.literal('accrual_started') }),
  accrualFinished.omit({ number: true }).extend({ name: z.literal('accrual_finished') }),
  accrualFailed.omit({ number: true }).extend({ name: z.literal('accrual_failed') }),
]);

/** Refuses with order_of_another. `version` is the order's newest. */
const registerCommand: CommandSpec<Order, Registration, Outcome<{ created: boolean; version: number }>> = {
  startedBy: 'request',
  input: registration,
  decide: (turn, asked) => {
    const registered = register(turn.state, asked, turn.nowMs);
    if (registered.result === 'of_another') return { reply: refuse('order_of_another') };
    const { result, order } = registered;
    const { version, uploaded_at } = order.snapshot;
    if (result !== 'created') return { reply: { ok: true, created: result === 'repeated', version } };
    return {
      reply: { ok: true, created: true, version },
      state: order,
      events: [newEvent('order_created', order.snapshot, uploaded_at)],
    };
  },
};

export type AccrualResult = 'moved' | 'ignored' | 'contradicted' | 'unknown_order';

const applyAccrualCommand: CommandSpec<Order, Accrual, AccrualResult> = {
  startedBy: 'message',
  input: accrual,
  decide: (turn, said) => {
    if (!turn.state) return { reply: 'unknown_order' };
    const applied = applyAccrual(turn.state, said, turn.nowMs);
    if (applied.result === 'ignored') return { reply: 'ignored' };
    const { result, order } = applied;
    const moved = result === 'moved';
    return {
      reply: result,
      state: order,
      events: moved ? [newEvent('order_updated', order.snapshot, order.snapshot.updated_at)] : [],
    };
  },
};

/** As long as the calculator's answer is missing, the order is announced again, less and less often. */
const watchdog = (firstMs: number): ReminderSpec<Order, void> => ({
  decide: ({ state: order }) => {
    if (!order || isFinal(order.snapshot)) return { reply: undefined };
    const announced = order.announced + 1;
    return {
      reply: undefined,
      state: { ...order, announced },
      events: [newEvent('order_created', originalOf(order), order.snapshot.uploaded_at)],
      remind: { watchdog: watchdogDelayMs(announced, firstMs) },
    };
  },
});

const commands = { register: registerCommand, applyAccrual: applyAccrualCommand };

/** Orders by their number: who uploaded each, and what became of it. */
export type Orders = Actors<typeof commands>;

/** @param watchdogFirstMs from a registration to the first look whether the order still waits */
export const orderActor = (watchdogFirstMs: number) =>
  defineActor<Order, typeof commands>({
    type: 'Order',
    state,
    commands,
    reminders: { watchdog: watchdog(watchdogFirstMs) },
    safetyReminder: { name: 'watchdog', dueMs: watchdogFirstMs },
  });
