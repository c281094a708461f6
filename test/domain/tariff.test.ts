import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { covers, tariffChangeProblem, tariffSchema } from '../../domain/tariff.ts';
import { aTariff, aTariffOf, operatorIds } from './builders.ts';

const { id: _id, ...terms } = aTariff();

describe('a tariff', () => {
  test('covers the SIMs of its operators and of no others', () => {
    fc.assert(
      fc.property(fc.subarray([...operatorIds]), fc.constantFrom(...operatorIds), (covered, operatorId) => {
        expect(covers({ operatorIds: covered }, operatorId)).toBe(new Set(covered).has(operatorId));
      }),
    );
  });

  test('has its terms', () => {
    expect(tariffSchema.parse(terms)).toEqual(terms);
  });

  test.each([
    ['no operator', { operatorIds: [] }],
    ['a malformed operator id', { operatorIds: ['3UK'] }],
    ['no network', { networks: [] }],
    ['a negative allowance', { allowanceBytes: -1 }],
    ['half a byte', { allowanceBytes: 0.5 }],
    ['more bytes than can be counted', { allowanceBytes: 2 ** 53 }],
    ['an unknown pooling', { pooling: 'shared' }],
    ['a price of one decimal', { monthlyPrice: { amount: '1.5', currency: 'GBP' } }],
    ['a price that is a number', { monthlyPrice: { amount: 1.5, currency: 'GBP' } }],
    ['a negative price', { monthlyPrice: { amount: '-1.50', currency: 'GBP' } }],
    ['a currency in small letters', { monthlyPrice: { amount: '1.50', currency: 'gbp' } }],
    ['a field that there is not', { colour: 'red' }],
    ['a blank name', { name: '  ' }],
  ])('cannot have %s', (_what, wrong) => {
    expect(tariffSchema.safeParse({ ...terms, ...wrong }).success).toBe(false);
  });
});

describe('changing a tariff', () => {
  test('may change its name, price and allowance', () => {
    const monthlyPrice = { amount: '2.00', currency: 'GBP' };
    expect(
      tariffChangeProblem(aTariff(), { ...terms, name: 'Renamed', allowanceBytes: 1, monthlyPrice }),
    ).toBeUndefined();
  });

  test('may add operators and may not lose any', () => {
    fc.assert(
      fc.property(fc.subarray([...operatorIds]), fc.subarray([...operatorIds]), (before, after) => {
        const lost = before.filter((id) => !new Set(after).has(id));
        const problem = tariffChangeProblem(aTariffOf(...before), { ...terms, operatorIds: after });
        expect(problem?.code).toBe(lost.length > 0 ? 'tariff_in_use' : undefined);
        for (const id of lost) {
          expect(problem?.detail).toContain(id);
        }
      }),
    );
  });

  test.each([
    ['partner', 'customer'],
    ['customer', 'partner'],
  ] as const)('may not change its audience from %s to %s', (before, after) => {
    const problem = tariffChangeProblem(aTariff({ audience: before }), { ...terms, audience: after });
    expect(problem?.code).toBe('tariff_in_use');
  });
});
