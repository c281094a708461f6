declare const brand: unique symbol;

/** The number of a SIM card, used as the id of the SIM: 19 or 20 digits, ending with a check digit. */
export type Iccid = string & { readonly [brand]: 'Iccid' };

/**
 * The lengths of an ICCID, including its check digit. ITU-T E.118 permits at most 19 digits, 3GPP TS 102 221 has room for 20,
 * and operators issue both.
 */
const LENGTHS: readonly number[] = [19, 20];

/** Whether a text is an ICCID: 19 or 20 digits with a correct check digit (Luhn, ITU-T E.118). */
export function isIccid(text: string): text is Iccid {
  return iccidProblem(text) === undefined;
}

/** Why a text is not an ICCID, as a sentence; `undefined` for a valid one. */
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
 * Appends the check digit to a body of 18 or 19 digits.
 *
 * @throws RangeError for any other body.
 */
export function withCheckDigit(body: string): Iccid {
  const iccid = `${body}${checkDigit(body)}`;
  if (!isIccid(iccid)) {
    throw new RangeError(`an ICCID's body must have 18 or 19 digits, not ${JSON.stringify(body)}`);
  }
  return iccid;
}

/** The Luhn check digit of a body (ISO/IEC 7812-1 annex B, to which ITU-T E.118 refers). */
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
