import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyIccidProblem, type CheckDigitRule, iccidProblem, isIccid, withCheckDigit } from '../../domain/iccid.ts';

const digit = fc.constantFrom(...'0123456789');
const body = fc
  .integer({ min: 18, max: 19 })
  .chain((length) => fc.string({ unit: digit, minLength: length, maxLength: length }));

describe('an ICCID', () => {
  test.each(['8944200012345678902', '89442000123456789013'])('%s is valid', (text) => {
    expect(isIccid(text)).toBe(true);
    expect(iccidProblem(text)).toBeUndefined();
  });

  test.each([
    ['89442000123456789', 'an ICCID has 19 or 20 digits, not 17'],
    ['894420001234567890123', 'an ICCID has 19 or 20 digits, not 21'],
    ['', 'an ICCID has 19 or 20 digits, not 0'],
    ['8944200012345678900', 'the check digit should be 2, not 0'],
    ['894420001234567890F', 'an ICCID has digits only'],
    ['8944 2000 1234 5678 902', 'an ICCID has digits only'],
    ['8944200012345678902\n', 'an ICCID has digits only'],
    ['८९४४२०००१२३४५६७८९०२', 'an ICCID has digits only'],
  ])('%j is invalid: %s', (text, problem) => {
    expect(isIccid(text)).toBe(false);
    expect(iccidProblem(text)).toBe(problem);
  });

  test('can be created from any 18 or 19 digits', () => {
    fc.assert(
      fc.property(body, (digits) => {
        const iccid = withCheckDigit(digits);
        expect(isIccid(iccid)).toBe(true);
        expect(iccid.slice(0, -1)).toBe(digits);
      }),
    );
  });

  test.each(['', '89442000123456789', '89442000123456789012', '89442000123456789x'])(
    'cannot be created from %j',
    (digits) => {
      expect(() => withCheckDigit(digits)).toThrow(RangeError);
    },
  );

  test('is invalid when one digit is changed', () => {
    fc.assert(
      fc.property(body, fc.nat(), fc.integer({ min: 1, max: 9 }), (digits, place, step) => {
        const iccid = withCheckDigit(digits);
        const at = place % iccid.length;
        const changed = `${iccid.slice(0, at)}${(Number(iccid[at]) + step) % 10}${iccid.slice(at + 1)}`;
        expect(isIccid(changed)).toBe(false);
      }),
    );
  });

  test('has exactly one check digit', () => {
    fc.assert(
      fc.property(body, (digits) => {
        expect([...'0123456789'].filter((last) => isIccid(`${digits}${last}`))).toHaveLength(1);
      }),
    );
  });
});

describe('the check digit rule of an operator', () => {
  const whole = withCheckDigit('894420000000000001');
  const body = whole.slice(0, -1);

  test.each<[CheckDigitRule, string, boolean]>([
    ['required', whole, true],
    ['required', body, false],
    ['absent', body, true],
    ['absent', `${whole}1`, false],
    ['either', whole, true],
    ['either', body, true],
    // 20 digits leave no room for a check digit to be left out.
    ['either', withCheckDigit('8944200000000000001'), true],
    ['either', `${withCheckDigit('8944200000000000001').slice(0, -1)}x`, false],
  ])('%s: %s is an ICCID: %j', (rule, text, isOne) => {
    expect(isIccid(text, rule)).toBe(isOne);
    expect(iccidProblem(text, rule) === undefined).toBe(isOne);
  });

  test('a number is an ICCID if one operator issues such numbers', () => {
    expect(anyIccidProblem(body, ['required', 'absent'])).toBeUndefined();
    expect(anyIccidProblem(body, ['required'])).toBe('an ICCID has 19 or 20 digits, not 18');
  });
});
