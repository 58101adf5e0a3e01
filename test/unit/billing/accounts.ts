import { accountActor } from '../../../services/billing/actors/account';
import { pageKey } from '../../../services/billing/actors/ledger-documents';
import type { BookedEntry } from '../../../services/billing/domain/entry';
import { drive } from '../support/drive';

export const NUMBERS = [
  '12345678903',
  '4561261212345467',
  '79927398713',
  '2377225624',
  '9278923470',
  '346436439',
];
export const T0 = Date.UTC(2026, 0, 1);
export const account = (clock = () => T0) => drive(accountActor, clock).actor('alice');
export type AccountUnderTest = ReturnType<typeof account>;

export const credit = (accrual_minor: number, order_number = NUMBERS[0]) => ({
  order_number,
  accrual_minor,
  cause: `order_updated:${order_number}:2`,
});
export const withdrawal = (operation_id: string, amount_minor: number, order_number = NUMBERS[1]) => ({
  operation_id,
  order_number,
  amount_minor,
});

/** The ledger as it is kept: the sealed pages, oldest first, then the head's tail. */
export function entriesOf(actor: AccountUnderTest): BookedEntry[] {
  const sealed = actor.keys().filter((key) => key.startsWith('page/')).length;
  const pages = Array.from({ length: sealed }, (_, page) => actor.document(pageKey(page)));
  return [
    ...(pages as { entries: BookedEntry[] }[]).flatMap((page) => page.entries),
    ...(actor.state?.tail ?? []),
  ];
}
