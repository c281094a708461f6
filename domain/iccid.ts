declare const brand: unique symbol;

/** The number of a SIM card, used as the id of the SIM: 18 to 20 digits. Most operators' end with a check digit. */
export type Iccid = string & { readonly [brand]: 'Iccid' };

/**
 * Whether the ICCIDs of an operator end with a check digit (Luhn, ITU-T E.118): a setting of the operator, because some leave it
 * out, and some deliver both.
 */
export const checkDigitRules = ['required', 'absent', 'either'] as const;

export type CheckDigitRule = (typeof checkDigitRules)[number];

/**
 * The lengths of an ICCID. ITU-T E.118 permits at most 19 digits with the check digit, 3GPP TS 102 221 has room for 20, and
 * operators issue both.
 */
const LENGTHS: Readonly<Record<CheckDigitRule, readonly number[]>> = {
  required: [19, 20],
  absent: [18, 19],
  either: [18, 19, 20],
};

/** Whether a text is an ICCID of an operator with this rule. */
export function isIccid(text: string, rule: CheckDigitRule = 'required'): text is Iccid {
  return iccidProblem(text, rule) === undefined;
}

/** Whether a text could be the ICCID of any operator: 18 to 20 digits. */
export function couldBeIccid(text: string): text is Iccid {
  return /^[0-9]{18,20}$/.test(text);
}

/** Why a text is not an ICCID, as a sentence; `undefined` for a valid one. */
export function iccidProblem(text: string, rule: CheckDigitRule = 'required'): string | undefined {
  if (!/^[0-9]*$/.test(text)) {
    return 'an ICCID has digits only';
  }
  const lengths = LENGTHS[rule];
  if (!lengths.includes(text.length)) {
    const or = `${lengths.slice(0, -1).join(', ')} or ${lengths.at(-1)}`;
    const without = rule === 'absent' ? ' without its check digit' : '';
    return `an ICCID${without} has ${or} digits, not ${text.length}`;
  }
  // Of 19 digits, only the operator knows whether the last one is a check digit.
  if (rule === 'absent' || (rule === 'either' && text.length < 20)) {
    return undefined;
  }
  const expected = checkDigit(text.slice(0, -1));
  return text.endsWith(expected) ? undefined : `the check digit should be ${expected}, not ${text.slice(-1)}`;
}

/** Why a text is not an ICCID of any operator, given the rules of all operators; `undefined` when it is one. */
export function anyIccidProblem(text: string, rules: readonly CheckDigitRule[]): string | undefined {
  const problems = rules.map((rule) => iccidProblem(text, rule));
  return problems.includes(undefined) ? undefined : problems[0];
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
