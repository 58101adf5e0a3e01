import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import {
  FakeOrdersServiceClient,
  OrderDetailsRequest,
} from '../../services/gen/gophermart/fakeorders/v1/fake_orders';
import { actorClient } from '../../services/shared/dapr/client';
import { MAX_BODY_BYTES } from '../../services/shared/dapr/runtime';
import { channelOptions, Sidecar } from '../../services/shared/dapr/sidecar';
import { slugOf } from '../../services/shared/refusal';
import { counterActor, MAX_TICKS } from './apps/counter';
import type { ExtraReplica } from './support/extra-app';
import { sharedStack } from './support/shared-stack';
import { until } from './support/until';

/** The bound of a wait: a killed app is served again some 5 s after its restart, a frozen one some 15 s later. */
const PATIENCE_MS = 60_000;
const FROZEN_MS = 22_000;
const stack = sharedStack();
const sidecars: Sidecar[] = [];

jest.setTimeout(180_000);
afterAll(() => sidecars.forEach((sidecar) => sidecar.close()));

async function startCounters(name: string, env: Record<string, string> = {}) {
  const type = `Counter${name}`;
  const replicas = await stack.extraApp({
    name: `counter-${name.toLowerCase()}`,
    script: 'dist/test/flow/apps/counter.js',
    replicas: 2,
    env: { ACTOR_TYPE: type, ...env },
  });
  const [first, second] = replicas as [ExtraReplica, ExtraReplica];
  const through = (replica: ExtraReplica) => {
    const sidecar = new Sidecar(replica.daprAddress);
    sidecars.push(sidecar);
    return actorClient(sidecar, counterActor(type));
  };
  return { first, second, throughFirst: through(first), throughSecond: through(second) };
}

const inTime = () => ({ deadlineMs: Date.now() + PATIENCE_MS });
const untilHeld = (grant: { operation_id: string }) =>
  until(() => existsSync(join(tmpdir(), grant.operation_id)), PATIENCE_MS);
const operation = (amount: number) => ({ operation_id: randomUUID(), amount });

describe('two replicas of an app', () => {
  let counters: Awaited<ReturnType<typeof startCounters>>;
  beforeAll(async () => {
    counters = await startCounters('Pair');
  });

  const pids = async (ids: string[]) => {
    const states = await Promise.all(ids.map((id) => counters.throughFirst.of(id).read({}, inTime())));
    return new Set(states.map(({ pid }) => pid));
  };
  const ids = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

  test('share the actors between them', async () => {
    await until(async () => (await pids(ids('spread', 40))).size === 2, PATIENCE_MS);
  });

  test('serve 1,000 actors at once', async () => {
    const replies = await Promise.all(
      ids('many', 1_000).map((id) => counters.throughFirst.of(id).add(operation(7), inTime())),
    );
    expect(replies.every(({ total }) => total === 7)).toBe(true);
  });

  test('a killed app: the other takes over, and no caller sees an error', async () => {
    const working = ids('killed', 24);
    await Promise.all(working.map((id) => counters.throughFirst.of(id).add(operation(1), inTime())));
    const load = Promise.all(
      working.map(async (id) => {
        for (let turn = 0; turn < 20; turn++) await counters.throughFirst.of(id).add(operation(1), inTime());
      }),
    );
    await stack.kill(counters.second.name);
    await load;
    const states = await Promise.all(working.map((id) => counters.throughFirst.of(id).read({}, inTime())));
    expect(states.map(({ total }) => total)).toEqual(working.map(() => 21));
    expect((await pids(working)).size).toBe(1);
    await stack.start(counters.second.name);
    await until(async () => (await pids(working)).size === 2, PATIENCE_MS);
  });

  test('a killed sidecar does not take its app with it, and is served again after its restart', async () => {
    await counters.throughSecond.of('sidecar').add(operation(3), inTime());
    await stack.kill(counters.second.sidecar);
    expect((await counters.throughFirst.of('sidecar').read({}, inTime())).total).toBe(3);
    expect(stack.isRunning(counters.second.name)).toBe(true);
    await stack.start(counters.second.sidecar);
    await stack.ready(counters.second.name);
    expect((await counters.throughSecond.of('sidecar').add(operation(4), inTime())).total).toBe(7);
  });

  test('reminders go on when the process that ran them dies', async () => {
    await Promise.all(ids('tick', 8).map((id) => counters.throughFirst.of(id).startTicking({}, inTime())));
    await stack.kill(counters.second.name);
    await until(async () => {
      const states = await Promise.all(
        ids('tick', 8).map((id) => counters.throughFirst.of(id).read({}, inTime())),
      );
      return states.every(({ ticks }) => ticks === MAX_TICKS);
    }, PATIENCE_MS);
    await stack.start(counters.second.name);
  });

  test('a commit that fails is decided again on what is stored', async () => {
    const id = 'lost-commit';
    await counters.throughFirst.of(id).add(operation(10), inTime());
    const grant = operation(5);
    await counters.throughFirst.of(id).armGrant({ ...grant, hold_ms: 1_000 }, inTime());
    await untilHeld(grant);
    await overwriteTotal(counters, id, 100);
    await until(
      async () => (await counters.throughFirst.of(id).read({}, inTime())).total === 105,
      PATIENCE_MS,
    );
  });

  test('bodies up to 3.5 MiB pass every hop, larger ones are refused before they are sent', async () => {
    const room = 1_000; // for the envelope round the text
    const text = 'x'.repeat(MAX_BODY_BYTES - room);
    const actor = counters.throughFirst.of('large');
    expect(await actor.echo({ text }, inTime())).toEqual({ length: text.length });
    expect(await actor.keep({ text }, inTime())).toEqual({ length: text.length });
    const sidecar = new Sidecar(counters.first.daprAddress);
    sidecars.push(sidecar);
    await sidecar.publish('order_created.dead', 'large', JSON.stringify({ text }));
    await expect(actor.echo({ text: text + 'x'.repeat(room) }, inTime())).rejects.toThrow('too_large');
    await expect(actor.keep({ text: text + 'x'.repeat(room) }, inTime())).rejects.toThrow('too_large');
    await expect(sidecar.publish('order_created.dead', 'large', text + 'x'.repeat(room + 1))).rejects.toThrow(
      'too_large',
    );
    expect(await slugOfProxied('9'.repeat(MAX_BODY_BYTES))).toBe('invalid_order_number');
    expect(await slugOfProxied('9'.repeat(MAX_BODY_BYTES * 1.1))).toBe('too_large');
  });

  /** What comes of a call to another service, through both sidecars, that carries so long a text. */
  async function slugOfProxied(number: string): Promise<string | undefined> {
    const { grpc } = stack.ports('portal-daprd');
    const address = `127.0.0.1:${grpc}`;
    const client = new FakeOrdersServiceClient(address, credentials.createInsecure(), channelOptions);
    const metadata = new Metadata();
    metadata.set('dapr-app-id', stack.appId('fake-orders'));
    const request = new OrderDetailsRequest({ number });
    const failure: unknown = await client
      .OrderDetails(request, metadata, {})
      .catch((error: unknown) => error);
    client.close();
    return slugOf(failure as ServiceError);
  }
});

/** Does what another process would: commits a head of its own, so that the etag of everybody else is stale. */
async function overwriteTotal(counters: { first: ExtraReplica }, id: string, total: number): Promise<void> {
  const sidecar = new Sidecar(counters.first.daprAddress);
  const key = `CounterPair/${id}/head`;
  const head = (await sidecar.read('state-counter-pair', [key])).get(key)!;
  const stored = JSON.parse(head.json) as { state: { total: number } };
  stored.state.total = total;
  await sidecar.transact('state-counter-pair', [{ key, json: JSON.stringify(stored), etag: head.etag }]);
  sidecar.close();
}

describe('frozen in mid-turn for more than 20 s and woken after the actor has moved on', () => {
  /**
   * 1,000 points are there; the first replica's turn, which grants 5, is frozen before its commit; through the second
   * replica all 1,000 are spent. The late commit still believes in them.
   * @returns the total when all is quiet again
   */
  async function freeze(
    name: string,
    what: ('app' | 'sidecar')[],
    env: Record<string, string> = {},
  ): Promise<number> {
    const counters = await startCounters(name, env);
    const id = await idHostedBy(counters);
    await counters.throughSecond.of(id).add(operation(1_000), inTime());
    const grant = operation(5);
    await counters.throughSecond.of(id).armGrant({ ...grant, hold_ms: 2_000 }, inTime());
    await untilHeld(grant);
    const frozen = what.map((part) => (part === 'app' ? counters.first.name : counters.first.sidecar));
    await Promise.all(frozen.map((process) => stack.kill(process, 'SIGSTOP')));
    const wakeAt = Date.now() + FROZEN_MS;
    await counters.throughSecond.of(id).add(operation(-1_000), inTime());
    await sleep(Math.max(0, wakeAt - Date.now()));
    await Promise.all(frozen.map((process) => stack.kill(process, 'SIGCONT')));
    await until(() => grantEnded(counters.first), PATIENCE_MS);
    const { total } = await counters.throughSecond.of(id).read({}, inTime());
    await Promise.all(
      [counters.first, counters.second].map((replica) => stack.kill(replica.name, 'SIGTERM')),
    );
    return total;
  }

  /** Whether the replica's turn of the grant, however late, has come to its end. */
  async function grantEnded(replica: ExtraReplica): Promise<boolean> {
    const metrics = await (await fetch(`http://127.0.0.1:${replica.opsPort}/metrics`)).text();
    return /actor_turns_total\{[^}]*turn="grant"/.test(metrics);
  }

  /** An actor that the first replica hosts: told by the pid that answers. */
  async function idHostedBy(counters: Awaited<ReturnType<typeof startCounters>>): Promise<string> {
    const firstPid = stack.pid(counters.first.name);
    for (let index = 0; index < 200; index++) {
      const id = `frozen-${index}`;
      if ((await counters.throughSecond.of(id).read({}, inTime())).pid === firstPid) return id;
    }
    throw new Error('the first replica hosts none of 200 actors');
  }

  test('a frozen process', async () => {
    expect(await freeze('FrozenApp', ['app'])).toBe(5);
  });

  test('a frozen sidecar', async () => {
    expect(await freeze('FrozenSidecar', ['sidecar'])).toBe(5);
  });

  test('a frozen machine: the late commit reaches the store, and loses', async () => {
    expect(await freeze('Fenced', ['app', 'sidecar'])).toBe(5);
  });

  test('without the fence it wins: points out of nothing', async () => {
    expect(await freeze('Unfenced', ['app', 'sidecar'], { FENCE: 'off' })).toBeGreaterThan(5);
  });
});
