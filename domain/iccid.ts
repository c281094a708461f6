declare const brand: unique symbol;

/** The number of a SIM card, and the id of a SIM: 19 or 20 digits, the last of which checks the others. */
export type Iccid = string & { readonly [brand]: 'Iccid' };

/**
 * Digits of a whole ICCID, its check digit included. ITU-T E.118 has 19 at most, check digit included;
 * 3GPP TS 102 221 leaves room for 20, and operators issue both.
 */
const LENGTHS: readonly number[] = [19, 20];

/** Whether a text is an ICCID: 19 or 20 digits with a right check digit (Luhn, ITU-T E.118). */
export function isIccid(text: string): text is Iccid {
  return iccidProblem(text) === undefined;
}

/** What is wrong with a text that should be an ICCID, in words; `undefined` when nothing is. */
export function iccidProblem(text: string): string | undefined {
  if (!/^[0-9]*$/.test(text)) {
    return 'an ICCID has digits only';
  }
  if (!LENGTHS.includes(text.length)) {
    return `an ICCID has 19 or 20 digits, not ${text.length}`;
  }
  const expected = checkDigit(text.slice(0, -1));
  return text.endsWith(expected) ? undefined : `the check digit should be ${expected}, not ${text.slice(-1)}`;
}

/**
 * The ICCID made of a body of 18 or 19 digits and its check digit.
 *
 * @throws RangeError when the body is none.
 */
export function withCheckDigit(body: string): Iccid {
  const iccid = `${body}${checkDigit(body)}`;
  if (!isIccid(iccid)) {
    throw new RangeError(`an ICCID's body has 18 or 19 digits: ${JSON.stringify(body)}`);
  }
  return iccid;
}

/** The digit that follows a body: Luhn's, ISO/IEC 7812-1 annex B, which ITU-T E.118 refers to. */
function checkDigit(body: string): string {
  let sum = 0;
  let doubled = true;
  for (let at = body.length - 1; at >= 0; at -= 1) {
    const digit = Number(body[at]) * (doubled ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
    doubled = !doubled;
  }
  return String((10 - (sum % 10)) % 10);
}
