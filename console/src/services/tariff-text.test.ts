import { expect, it } from '@jest/globals';
import { describeTariff, tariffOptions } from './tariff-text.ts';

const terms = {
  monthlyPrice: { amount: '2.50', currency: 'GBP' },
  allowanceBytes: 1_000_000_000,
  pooling: 'dynamic_pool',
  minimumTermMonths: 12,
} as const;

it('describes a tariff by its price, its allowance and its minimum term', () => {
  expect(describeTariff(terms)).toBe('2.50 GBP per month, 1 GB for each SIM, pooled, minimum term 12 months');
  expect(describeTariff({ ...terms, pooling: 'static_pool', minimumTermMonths: 1 })).toBe(
    '2.50 GBP per month, 1 GB for the pool, minimum term 1 month',
  );
  expect(describeTariff({ ...terms, pooling: 'per_sim', minimumTermMonths: 0 })).toBe(
    '2.50 GBP per month, 1 GB for each SIM, no minimum term',
  );
});

it('offers tariffs by name with their terms', () => {
  const tariff = { ...terms, id: 'trf_m', name: 'Meters', operatorIds: ['3uk'], networks: ['3UK'] };
  expect(tariffOptions([{ ...tariff, audience: 'customer' }])).toEqual([
    { value: 'trf_m', label: 'Meters', description: describeTariff(terms) },
  ]);
});
