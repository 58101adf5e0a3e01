import type { Actors } from '../shared/dapr/client';
import { on, type Subscription } from '../shared/dapr/subscription';
import type { accrualCheckActor } from './actors/accrual-check';

type Checks = Actors<ReturnType<typeof accrualCheckActor>['commands']>;

/** Recording the job is all that happens before the message is acknowledged: no partition waits for the calculator. */
export const subscriptions = (checks: Checks): Subscription[] => [
  on('order_created', async ({ number }) => {
    await checks.of(number).check({ number });
  }),
];
