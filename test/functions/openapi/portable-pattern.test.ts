import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { portablePattern } from '../../../functions/openapi/portable-pattern.ts';

const patterns = ['^[^\\p{Cc}\\p{Cs}]*$', '^[^\\p{Cs}]*$'];

describe('a pattern that every validator reads', () => {
  test.each(patterns)('accepts the same texts as %s, with and without the u flag', (pattern) => {
    const portable = portablePattern(pattern) ?? 'none';
    expect(portable).not.toContain('\\p');
    const meant = new RegExp(pattern, 'u');
    const [plain, unicode] = [new RegExp(portable), new RegExp(portable, 'u')];
    const agree = (text: string) => {
      expect([text, plain.test(text), unicode.test(text)]).toEqual([text, meant.test(text), meant.test(text)]);
    };
    // Every control character and surrogate, and a sample of the rest.
    for (let unit = 0; unit <= 0xffff; unit += unit < 0x300 || (unit > 0xd7f0 && unit < 0xe010) ? 1 : 7) {
      const text = String.fromCharCode(unit);
      if (plain.test(text) !== meant.test(text) || unicode.test(text) !== meant.test(text)) {
        agree(text);
      }
    }
    fc.assert(fc.property(fc.string({ unit: 'binary' }), agree));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0xd700, max: 0xe010 })), (units) => agree(String.fromCharCode(...units))),
    );
  });

  test('is unchanged when it needs no flag', () => {
    expect(portablePattern('^[A-Z]{2}$')).toBe('^[A-Z]{2}$');
  });

  test('is omitted when it cannot be expressed', () => {
    expect(portablePattern('^\\p{L}+ [a-z]$')).toBeUndefined();
    expect(portablePattern('^[\\p{Lu}]+$')).toBeUndefined();
  });
});
