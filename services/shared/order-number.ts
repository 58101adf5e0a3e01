import { z } from 'zod';

export const MAX_ORDER_NUMBER_DIGITS = 64;

/** ISO/IEC 7812-1 annex B: from the right, every second digit is doubled; the digits of all add up to a multiple of ten. */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** 1-64 ASCII digits that pass Luhn's check, compared as text: leading zeros count. */
export function isOrderNumber(text: string): boolean {
  return text.length <= MAX_ORDER_NUMBER_DIGITS && /^[0-9]+$/.test(text) && passesLuhn(text);
}

export const orderNumber = z
  .string()
  .refine(isOrderNumber, 'is not an order number')
  .meta({ description: 'Passes the Luhn check.', pattern: `^[0-9]{1,${MAX_ORDER_NUMBER_DIGITS}}$` });
