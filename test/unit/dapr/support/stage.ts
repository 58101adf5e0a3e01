import { Registry } from 'prom-client';
import { actorClient } from '../../../../services/shared/dapr/client';
import type { AnyActor } from '../../../../services/shared/dapr/document';
import { ActorHost } from '../../../../services/shared/dapr/host';
import { Sidecar } from '../../../../services/shared/dapr/sidecar';
import { ActorStream } from '../../../../services/shared/dapr/stream';
import { createLogger } from '../../../../services/shared/log';
import { FakeSidecar } from './fake-sidecar';
import type { FakeStore } from './fake-store';
import { purse } from './purse';
import { Gate, until } from './until';

export const silent = createLogger('test', 'silent');

interface StageOptions {
  actors?: AnyActor[];
  store?: FakeStore;
  nowMs?: () => number;
  /** What the host is given as its sidecar. */
  sidecar?: (address: string) => Sidecar;
}

/** One process that hosts actors beside its own fake sidecar, wired as services/shared/service.ts does. */
export interface Stage {
  fake: FakeSidecar;
  sidecar: Sidecar;
  host: ActorHost;
  stream: ActorStream;
  registry: Registry;
  purses: ReturnType<typeof pursesOver>;
}

const pursesOver = (sidecar: Sidecar) => actorClient(sidecar, purse);
const open: Stage[] = [];

/** Opens a stage and waits until its actors are hosted. */
export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const fake = await FakeSidecar.start(options.store);
  const sidecar = (options.sidecar ?? ((address) => new Sidecar(address)))(fake.address);
  const registry = new Registry();
  const host = new ActorHost(sidecar, 'state', options.actors ?? [purse], registry, silent, options.nowMs);
  const stream = new ActorStream(sidecar, host, silent);
  const stage = { fake, sidecar, host, stream, registry, purses: pursesOver(sidecar) };
  open.push(stage);
  stream.start();
  await until(() => stream.ready);
  return stage;
}

/** For `afterEach`: lets what a test has opened come to its end, and closes it. */
export async function closeStages(): Promise<void> {
  Gate.openAll();
  await Promise.all(
    open.splice(0).map(async ({ fake, sidecar, host, stream }) => {
      fake.calm();
      await host.drain();
      await stream.close();
      fake.close();
      sidecar.close();
    }),
  );
}
