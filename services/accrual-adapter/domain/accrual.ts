import { MAX_AMOUNT_MINOR } from '../../shared/money';

/** How JavaScript writes a number that is not negative, finite and below 1e21. */
const decimalNumber = /^(\d+)(?:\.(\d+))?(?:e-(\d+))?$/;

/**
 * The calculator's `accrual` in hundredths of a point; more than two decimals are rounded half up.
 * @returns undefined for what cannot be an accrual: negative, not finite, above the largest amount
 */
export function minorFromAccrual(accrual: number): number | undefined {
  const match = decimalNumber.exec(String(accrual));
  if (!match) return undefined;
  // JavaScript writes an exponent from 1e-7 down: that is nothing
  if (match[3] !== undefined) return 0;
  const decimals = (match[2] ?? '').padEnd(3, '0');
  const roundUp = Number(decimals[2]) >= 5 ? 1 : 0;
  const minor = Number(match[1]) * 100 + Number(decimals.slice(0, 2)) + roundUp;
  return minor <= MAX_AMOUNT_MINOR ? minor : undefined;
}
