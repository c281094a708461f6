import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { newId } from '../../domain/ids.ts';

describe('an id', () => {
  test.each([
    ['order', 'ord_'],
    ['customer', 'cus_'],
    ['customerService', 'csv_'],
    ['partnerService', 'psv_'],
    ['operation', 'op_'],
  ] as const)('of an %s starts with %s', (kind, prefix) => {
    expect(newId(kind, new Date())).toMatch(new RegExp(`^${prefix}[0-9A-HJKMNP-TV-Z]{26}$`));
  });

  test('is unique', () => {
    const at = new Date();
    expect(new Set(Array.from({ length: 1000 }, () => newId('order', at))).size).toBe(1000);
  });

  test('sorts after earlier ids', () => {
    const moment = fc.date({ min: new Date('2020-01-01'), max: new Date('2999-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(moment, moment, (one, other) => {
        fc.pre(one.getTime() !== other.getTime());
        expect(newId('order', one) < newId('order', other)).toBe(one < other);
      }),
    );
  });
});
