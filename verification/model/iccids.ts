import { randomInt } from 'node:crypto';

const BODY_DIGITS = 18;
const HISTORY_DIGITS = 9;

/** Makes ICCIDs that no other history has. They ascend, so that a replayed history picks the same SIMs. */
export function iccidsOf(): (count: number) => string[] {
  const history = String(randomInt(10 ** HISTORY_DIGITS)).padStart(HISTORY_DIGITS, '0');
  let made = 0;
  return (count) =>
    Array.from({ length: count }, () => {
      made += 1;
      const prefix = `8988${history}`;
      const body = `${prefix}${String(made).padStart(BODY_DIGITS - prefix.length, '0')}`;
      return `${body}${checkDigitOf(body)}`;
    });
}

/** An ICCID with a wrong check digit. */
export const withWrongDigit = (iccid: string) => `${iccid.slice(0, -1)}${(Number(iccid.at(-1)) + 1) % 10}`;

/** Whether an ICCID has 19 or 20 digits and the right check digit. */
export function isSoundIccid(text: string): boolean {
  return /^\d{19,20}$/.test(text) && text.endsWith(checkDigitOf(text.slice(0, -1)));
}

/** The check digit of ISO/IEC 7812-1: from the right, every other digit is doubled, and the sum of all digits ends with 0. */
function checkDigitOf(body: string): string {
  const digits = [...body].reverse().flatMap((digit, place) => [...String(Number(digit) * (place % 2 === 0 ? 2 : 1))]);
  const sum = digits.reduce((total, digit) => total + Number(digit), 0);
  return String((10 - (sum % 10)) % 10);
}
