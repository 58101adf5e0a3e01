import { status } from '@grpc/grpc-js';
import { actorClient, type ActorInvoker } from '../../../services/shared/dapr/client';
import { ActorFault, type ReplyEnvelope } from '../../../services/shared/dapr/envelope';
import { grpcError } from './support/faults';
import { purse } from './support/purse';

/** Answers each call with the next of the given answers, the last one again and again. */
function invokerOf(...answers: (ReplyEnvelope | Error | string)[]) {
  const calls: { target: string; body: unknown; deadlineMs: number }[] = [];
  const invoker: ActorInvoker = {
    invokeActor: (type, id, method, body, deadlineMs) => {
      calls.push({ target: `${type}/${id}/${method}`, body: JSON.parse(body), deadlineMs });
      const answer = answers.length > 1 ? answers.shift()! : answers[0]!;
      if (answer instanceof Error) return Promise.reject(answer);
      return Promise.resolve(typeof answer === 'string' ? answer : JSON.stringify(answer));
    },
  };
  return { calls, purse: actorClient(invoker, purse).of('1') };
}

const pay = { operation: 'a', points: 5 };
const done = { reply: { ok: true, points: 5 } };

test('a call is an async function: input and deadline go out, the reply comes back', async () => {
  const { calls, purse } = invokerOf(done);
  const deadlineMs = Date.now() + 500;
  expect(await purse.spend(pay, { deadlineMs })).toEqual({ ok: true, points: 5 });
  expect(calls).toEqual([
    { target: 'Purse/1/spend', body: { input: pay, deadline_ms: deadlineMs }, deadlineMs },
  ]);
});

test('a refusal is a reply', async () => {
  const { purse } = invokerOf({ reply: { ok: false, slug: 'insufficient_points' } });
  expect(await purse.spend(pay)).toEqual({ ok: false, slug: 'insufficient_points' });
});

test('without a deadline of its own a call has ten seconds, and each attempt five', async () => {
  const { calls, purse } = invokerOf(done);
  const beforeMs = Date.now();
  await purse.spend(pay);
  const { deadlineMs, body } = calls[0]!;
  const told = (body as { deadline_ms: number }).deadline_ms;
  expect(told - beforeMs).toBeGreaterThanOrEqual(10_000);
  expect(told).toBeLessThanOrEqual(Date.now() + 10_000);
  expect(deadlineMs - beforeMs).toBeGreaterThanOrEqual(5_000);
  expect(deadlineMs).toBeLessThanOrEqual(Date.now() + 5_000);
});

test.each([
  ['a fault that asks for it', { fault: 'this process is leaving', retry: true }],
  ['INTERNAL: not registered', grpcError(status.INTERNAL, 'the actor type is not registered')],
  ['UNAVAILABLE: no sidecar', grpcError(status.UNAVAILABLE, 'connection refused')],
  ['CANCELLED: a stream that broke', grpcError(status.CANCELLED, 'cancelled')],
  ['UNKNOWN', grpcError(status.UNKNOWN, '?')],
  ['DEADLINE_EXCEEDED: an attempt that hung', grpcError(status.DEADLINE_EXCEEDED, 'late')],
])('%s is tried again, with the same operation and deadline', async (_name, failure) => {
  const { calls, purse } = invokerOf(failure, failure, done);
  expect(await purse.spend(pay)).toEqual({ ok: true, points: 5 });
  expect(calls).toHaveLength(3);
  expect(new Set(calls.map(({ target, body }) => JSON.stringify({ target, body }))).size).toBe(1);
});

test.each([
  ['a fault that forbids it', { fault: 'expired', retry: false }],
  ['INVALID_ARGUMENT', grpcError(status.INVALID_ARGUMENT, 'no')],
  ['an error of no call', new Error('a bug')],
  ['an answer that is no JSON', '<html>'],
  ['an answer that is no envelope', '{"answer":42}'],
])('%s is final', async (_name, failure) => {
  const { calls, purse } = invokerOf(failure);
  await expect(purse.spend(pay)).rejects.toBeInstanceOf(ActorFault);
  expect(calls).toHaveLength(1);
});

test('it is given up at its deadline', async () => {
  const { calls, purse } = invokerOf({ fault: 'this process is leaving', retry: true });
  const deadlineMs = Date.now() + 150;
  await expect(purse.spend(pay, { deadlineMs })).rejects.toMatchObject({
    message: 'this process is leaving',
    retry: true,
  });
  expect(Date.now()).toBeLessThanOrEqual(deadlineMs + 20);
  expect(calls.length).toBeGreaterThan(1);
});
