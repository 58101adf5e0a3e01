/**
 * Money as whole hundredths of a point ("minor units"). Decimals exist only at the public edge and in the
 * calculator's answers; everywhere else an amount is a safe integer.
 */

/** 10 thousand million points: sums of a million such amounts are still exact in a JavaScript number. */
export const MAX_AMOUNT_MINOR = 1_000_000_000_000;

/**
 * Reads a JSON number with at most two decimals as minor units.
 * @returns undefined for what is not such a number: NaN, an exponent, a third decimal, too large, negative.
 */
export function minorFromDecimal(value: number): number | undefined {
  const match = /^(\d+)(?:\.(\d{1,2}))?$/.exec(String(value));
  if (!match) return undefined;
  const minor = Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
  return minor <= MAX_AMOUNT_MINOR ? minor : undefined;
}

/** Minor units as the JSON number that a client sees: 72998 → 729.98. Exact to the hundredth. */
export function decimalFromMinor(minor: number): number {
  return minor / 100;
}
