import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { etagOf, requireMatch } from '../../../functions/http/etag.ts';

const body = { id: 'cus_1', name: 'Meadow Farms', version: 1 };
const stale = expect.objectContaining({ code: 'precondition_failed' });

describe('an entity tag', () => {
  test('is a strong one, as RFC 9110 writes it', () => {
    expect(etagOf(body)).toMatch(/^"[\x21\x23-\x7e]+"$/);
  });

  test('is the same for two bodies exactly when a client reads the same', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        expect(etagOf(one) === etagOf(other)).toBe(JSON.stringify(one) === JSON.stringify(other));
        expect(etagOf(structuredClone(one))).toBe(etagOf(one));
      }),
    );
  });

  test('changes with any field', () => {
    expect(etagOf({ ...body, name: 'Meadow Farm' })).not.toBe(etagOf(body));
    expect(etagOf({ ...body, label: 'x' })).not.toBe(etagOf(body));
  });
});

describe('`If-Match`', () => {
  const current = etagOf(body);

  test.each([
    ['that is not there', undefined],
    ['of anything', '*'],
    ['of anything, with room around it', ' * '],
    ['with the current tag', current],
    ['with the current tag among others', `"other", ${current} ,"another"`],
  ])('%s allows the change', (_what, ifMatch) => {
    expect(() => requireMatch(ifMatch, body)).not.toThrow();
  });

  test.each([
    ['with an older tag', etagOf({ ...body, version: 0 })],
    ['with older tags', '"one", "two"'],
    ['with the tag as a weak one: they never match strongly', `W/${current}`],
    ['with the tag without its quotes', current.slice(1, -1)],
    ['with a part of the tag', current.slice(0, -2)],
    ['that is empty', ''],
  ])('%s prevents it', (_what, ifMatch) => {
    expect(() => requireMatch(ifMatch, body)).toThrow(stale);
  });
});
