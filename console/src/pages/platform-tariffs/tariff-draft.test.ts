import { describe, expect, it } from '@jest/globals';
import { bytesOf, emptyTariff, toTariffDraft, toTariffTerms, wholeUnit } from './tariff-draft.ts';

const tariff = {
  id: 'trf_meters',
  name: 'Meters 100 MB',
  audience: 'customer' as const,
  operatorIds: ['a1'],
  networks: ['A1', 'A1 Slovenia'],
  allowanceBytes: 100_000_000,
  pooling: 'dynamic_pool' as const,
  minimumTermMonths: 12,
  monthlyPrice: { amount: '1.50', currency: 'EUR' },
};

describe('the form of a tariff', () => {
  it('keeps everything when nothing is changed', () => {
    const { id: _id, ...terms } = tariff;
    expect(toTariffTerms(toTariffDraft(tariff))).toEqual(terms);
  });

  it('shows volumes in the largest unit in which they are whole', () => {
    expect(wholeUnit(100_000_000)).toEqual({ value: 100, unit: 'MB' });
    expect(wholeUnit(1_500_000_000)).toEqual({ value: 1500, unit: 'MB' });
    expect(wholeUnit(1234)).toEqual({ value: 1234, unit: 'B' });
    expect(wholeUnit(0)).toEqual({ value: 0, unit: 'B' });
  });

  it('takes decimals of a unit, with a point or a comma', () => {
    expect(bytesOf({ allowance: '1.5', unit: 'GB' })).toBe(1_500_000_000);
    expect(bytesOf({ allowance: '0,1', unit: 'GB' })).toBe(100_000_000);
    expect(bytesOf({ allowance: 'many', unit: 'GB' })).toBeUndefined();
  });

  it('is incomplete without an allowance and a term', () => {
    expect(toTariffTerms(emptyTariff)).toBeUndefined();
    expect(toTariffTerms({ ...toTariffDraft(tariff), term: '' })).toBeUndefined();
  });
});
