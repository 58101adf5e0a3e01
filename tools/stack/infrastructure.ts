import { StackError } from './errors';
import { prepareKafka } from './kafka';
import type { StackPlan } from './prepare';
import { isListening, isReady, launch, waitReady } from './processes';
import { recordProcess, type RunningProcess } from './record';
import { kafkaBrokers } from './settings';
import { ensureTopics } from './topics';

const READY_TIMEOUT_MS = 60_000;

/** What of the foreign infrastructure that the settings name does not answer. @throws StackError */
export async function requireForeign(plan: StackPlan): Promise<void> {
  const { kafkaBrokers: brokers, placement, scheduler } = plan.settings.foreign;
  const named = { KAFKA_BROKERS: brokers, PLACEMENT_ADDRESS: placement, SCHEDULER_ADDRESS: scheduler };
  for (const [variable, addresses] of Object.entries(named)) {
    if (addresses === undefined) continue;
    const answers = await Promise.all(addresses.split(',').map(isAddressListening));
    if (!answers.includes(true)) {
      throw new StackError(`Nothing was started: nothing listens at ${addresses}, which ${variable} names.`);
    }
  }
}

function isAddressListening(address: string): Promise<boolean> {
  const at = address.lastIndexOf(':');
  return isListening(Number(address.slice(at + 1)), address.slice(0, at));
}

/** Starts broker, placement and scheduler, waits until they answer, and makes the topics. */
export async function startInfrastructure(
  plan: StackPlan,
  say: (what: string) => void,
  stop?: AbortSignal,
): Promise<void> {
  if (plan.infrastructure.some(({ kind }) => kind === 'broker')) {
    prepareKafka(plan.settings, plan.paths, plan.toolchain);
  }
  if (plan.infrastructure.length > 0) {
    say(`starting ${plan.infrastructure.map(({ name }) => name).join(', ')}`);
  }
  const started: RunningProcess[] = [];
  for (const spec of plan.infrastructure) {
    stop?.throwIfAborted();
    const running = await launch(spec);
    recordProcess(plan.paths.record, running);
    started.push(running);
  }
  await Promise.all(started.map((one) => waitReady(one, () => isReady(one.spec), READY_TIMEOUT_MS, stop)));
  say('making topics');
  await ensureTopics(plan.toolchain, kafkaBrokers(plan.settings), stop);
}
