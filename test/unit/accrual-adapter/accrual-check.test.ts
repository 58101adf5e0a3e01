import { accrualCheckActor } from '../../../services/accrual-adapter/actors/accrual-check';
import type { Calculator } from '../../../services/accrual-adapter/calculator';
import { RateGate } from '../../../services/accrual-adapter/gate';
import { drive } from '../support/drive';

const NUMBER = '12345678903';
const OTHER = '79927398713';
const T0 = Date.UTC(2026, 0, 1);
const goods = [{ description: 'Kettle Bork', priceMinor: 100 }];

type Answers = { [K in keyof Calculator]: Awaited<ReturnType<Calculator[K]>>[] };

/** The actor over a calculator that gives these answers, one after the other. */
function conversation(answers: Partial<Answers>, hasGoods = true) {
  let nowMs = T0;
  const calls: string[] = [];
  const take = <A>(call: string, from: A[] | undefined): Promise<A> => {
    calls.push(call);
    const answer = from?.shift();
    if (!answer) throw new Error(`an unexpected ${call}`);
    return Promise.resolve(answer);
  };
  const definition = accrualCheckActor({
    calculator: {
      register: () => take('register', answers.register),
      poll: () => take('poll', answers.poll),
    },
    goods: { of: () => Promise.resolve(hasGoods ? goods : undefined) },
    gate: new RateGate(() => 0.5),
    random: () => 0.5,
    now: () => nowMs,
  });
  const { actor } = drive(definition, () => nowMs);
  const act = definition.reminders?.poll?.act;

  /** Fires the reminder as the host does. */
  const fire = async (number = NUMBER): Promise<void> => {
    const { state } = actor(number);
    const documents = { get: () => undefined, has: () => false };
    const acted: unknown = await act?.({ id: number, state, documents, nowMs });
    actor(number).fire('poll', acted);
  };
  /** Fires the reminder when it is due. */
  const next = async (number = NUMBER): Promise<void> => {
    nowMs = actor(number).reminders.get('poll') ?? Number.NaN;
    await fire(number);
  };
  const types = (number = NUMBER): string[] => actor(number).events.map(({ event }) => event.type);
  return { actor, calls, fire, next, types, at: () => nowMs - T0 };
}

const registered = { kind: 'registered' } as const;
const check = { number: NUMBER };

test('recorded, registered, polled, finished: each with its event, and the reminder is gone', async () => {
  const { actor, next, types, at } = conversation({
    register: [registered],
    poll: [{ kind: 'pending' }, { kind: 'processed', accrualMinor: 72_998 }],
  });
  expect(actor(NUMBER).send('check', check)).toEqual({ phase: 'queued' });
  expect(actor(NUMBER).reminders.get('poll')).toBe(T0);
  await next();
  expect(types()).toEqual(['accrual_started']);
  await next();
  expect(at()).toBe(50);
  expect(types()).toEqual(['accrual_started']);
  await next();
  expect(types()).toEqual(['accrual_started', 'accrual_finished']);
  expect(actor(NUMBER).events[1]?.event.data).toEqual({ number: NUMBER, accrual_minor: 72_998 });
  expect(actor(NUMBER).reminders.has('poll')).toBe(false);
});

test('INVALID is told with its reason', async () => {
  const { actor, next, types } = conversation({ register: [registered], poll: [{ kind: 'invalid' }] });
  actor(NUMBER).send('check', check);
  await next();
  await next();
  expect(types()).toEqual(['accrual_started', 'accrual_failed']);
  expect(actor(NUMBER).events[1]?.event.data).toEqual({
    number: NUMBER,
    reason: 'not accepted for calculation',
  });
});

test('told again of one that is done, it announces the same bytes again', async () => {
  const { actor, next } = conversation({
    register: [registered],
    poll: [{ kind: 'processed', accrualMinor: 1 }],
  });
  actor(NUMBER).send('check', check);
  await next();
  await next();
  expect(actor(NUMBER).send('check', check)).toEqual({ phase: 'done' });
  const [, first, again] = actor(NUMBER).events;
  expect(JSON.stringify(again)).toBe(JSON.stringify(first));
  expect(actor(NUMBER).reminders.has('poll')).toBe(false);
});

test('told again of one under way, it only arms again', async () => {
  const { actor, next, types } = conversation({ register: [registered] });
  actor(NUMBER).send('check', check);
  await next();
  const { commits, reminders } = actor(NUMBER);
  reminders.clear();
  expect(actor(NUMBER).send('check', check)).toEqual({ phase: 'polling' });
  expect(reminders.get('poll')).toBe(T0 + 50);
  expect(actor(NUMBER).commits).toBe(commits);
  expect(types()).toEqual(['accrual_started']);
});

test('a reminder that fires twice calls once', async () => {
  const { actor, calls, next, fire } = conversation({ register: [registered] });
  actor(NUMBER).send('check', check);
  await next();
  await fire();
  expect(calls).toEqual(['register']);
  expect(actor(NUMBER).reminders.get('poll')).toBe(T0 + 50);
});

test('a reminder of one that is done calls nothing and arms nothing', async () => {
  const { actor, calls, next, fire } = conversation({ register: [registered], poll: [{ kind: 'invalid' }] });
  actor(NUMBER).send('check', check);
  await next();
  await next();
  await fire();
  expect(calls).toEqual(['register', 'poll']);
  expect(actor(NUMBER).reminders.has('poll')).toBe(false);
});

test('without its goods an order is not registered, and tried again', async () => {
  const { actor, calls, next } = conversation({}, false);
  actor(NUMBER).send('check', check);
  await next();
  expect(calls).toEqual([]);
  expect(actor(NUMBER).state).toMatchObject({ phase: 'registering', problem: 'goods_unavailable' });
  expect(actor(NUMBER).reminders.get('poll')).toBe(T0 + 50);
});

test('a 429 stops every order of the process until it is over, then they are paced', async () => {
  const limited = { kind: 'limited', afterMs: 7_000, perMinute: 60 } as const;
  const { actor, calls, next, fire, at } = conversation({ register: [limited, registered, registered] });
  actor(NUMBER).send('check', check);
  actor(OTHER).send('check', { number: OTHER });
  await next();
  await fire(OTHER);
  expect(calls).toEqual(['register']);
  expect(actor(NUMBER).state).toMatchObject({ phase: 'queued', attempts: 0, problem: 'rate_limited' });
  await next();
  expect(at()).toBe(7_000);
  await next(OTHER);
  expect(at()).toBe(8_020);
  expect(calls).toEqual(['register', 'register', 'register']);
});

test('an attempt that comes back after another turn has moved the order on changes nothing', async () => {
  const { actor, next, types } = conversation({ register: [registered] });
  actor(NUMBER).send('check', check);
  await next();
  const { state } = actor(NUMBER);
  const late = {
    attempt: { call: 'register', answer: { kind: 'fault', problem: 'timeout' } },
    atMs: T0,
    chance: 0,
  };
  actor(NUMBER).fire('poll', late);
  expect(actor(NUMBER).state).toEqual(state);
  expect(actor(NUMBER).reminders.get('poll')).toBe(T0 + 50);
  expect(types()).toEqual(['accrual_started']);
});
