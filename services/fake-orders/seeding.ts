import type { Logger } from '../shared/log';
import { rewardRules, type RewardRule } from './domain/catalogue';

const CALL_DEADLINE_MS = 3_000;
const FIRST_RETRY_MS = 200;
const MAX_RETRY_MS = 10_000;
/** How often it is asked whether the calculator still has the rules. */
const CHECK_EVERY_MS = 5_000;

/** What the calculator made of a rule. */
export type SeedAnswer = 'added' | 'known';

export interface SeedingPorts {
  /** @throws when the calculator does not take the rule now */
  offer: (rule: RewardRule) => Promise<SeedAnswer>;
  /** @throws when the seeding is over */
  pause: (ms: number) => Promise<void>;
  log: Logger;
}

/** Offers rules to the calculator at this address. */
export function offerTo(address: string): (rule: RewardRule) => Promise<SeedAnswer> {
  const url = `${address.replace(/\/+$/, '')}/api/goods`;
  return async (rule) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(rule),
      redirect: 'error',
      signal: AbortSignal.timeout(CALL_DEADLINE_MS),
    });
    await response.body?.cancel();
    if (response.status === 409) return 'known';
    if (response.status !== 200) throw new Error(`the calculator answered ${response.status}`);
    return 'added';
  };
}

/**
 * Sees to it, until `pause` throws, that the calculator has the catalogue's rules: it may be down now, and may
 * come back without what it had been told.
 */
export async function keepSeeded({ offer, pause, log }: SeedingPorts): Promise<never> {
  let seeded = false;
  for (let failures = 0; ;) {
    try {
      const added = await seedOnce(offer, seeded);
      if (added > 0 || !seeded) log.info({ added }, 'the calculator has the reward rules');
      seeded = true;
      failures = 0;
    } catch (error) {
      if (failures++ === 0)
        log.warn({ err: error }, 'the calculator does not take the reward rules, trying on');
      seeded = false;
    }
    await pause(failures === 0 ? CHECK_EVERY_MS : Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** failures));
  }
}

/** When it had them all and still knows the first one, it has not forgotten the others. */
async function seedOnce(offer: SeedingPorts['offer'], seeded: boolean): Promise<number> {
  let added = 0;
  for (const rule of rewardRules) {
    const answer = await offer(rule);
    if (answer === 'added') added++;
    else if (seeded && added === 0) return 0;
  }
  return added;
}
