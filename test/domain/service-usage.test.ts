import { describe, expect, test } from '@jest/globals';
import { usageOfService } from '../../domain/service-usage.ts';
import type { ServiceSum, SimBytes } from '../../domain/usage.ts';
import { aCustomerService, aHoldingService, aTariff } from './builders.ts';

const service = aCustomerService();
const [one, other]: [SimBytes, SimBytes] = [
  { iccid: '8944200000000000017', bytes: 700 },
  { iccid: '8944200000000000025', bytes: 800 },
];
const sum = (bytes: number, ...top: SimBytes[]): ServiceSum => ({
  serviceId: service.id,
  period: '2026-11',
  bytes,
  top,
  version: 1,
});
const sums = [sum(700, one), sum(801, other)];

const usage = (pooling: 'per_sim' | 'static_pool' | 'dynamic_pool', allowanceBytes: number, sims = 2) =>
  usageOfService(service, { tariff: aTariff({ pooling, allowanceBytes }), sims }, sums);

describe('the usage of a service', () => {
  test('adds up its sums and names the SIM with the highest usage', () => {
    expect(usage('static_pool', 1000)).toMatchObject({ usedBytes: 1501, topSim: other, sims: 2 });
  });

  test('of a static pool is a share of the pool', () => {
    expect(usage('static_pool', 3000).terms).toMatchObject({ allowanceBytes: 3000, usedPercent: 50 });
  });

  test('of a dynamic pool is a share of what its SIMs bring', () => {
    expect(usage('dynamic_pool', 1000, 3).terms).toMatchObject({ allowanceBytes: 3000, usedPercent: 50 });
  });

  test('whose SIMs each have an allowance is the share of the highest user', () => {
    expect(usage('per_sim', 1000).terms).toMatchObject({ allowanceBytes: 1000, usedPercent: 80 });
  });

  test('is rounded down, so that 100 % means used up', () => {
    expect(usage('static_pool', 1502).terms?.usedPercent).toBe(99.9);
    expect(usage('static_pool', 1501).terms?.usedPercent).toBe(100);
    expect(usage('static_pool', 500).terms?.usedPercent).toBe(300.2);
  });

  test('has no share of an allowance of nothing, as of a dynamic pool without SIMs', () => {
    expect(usage('dynamic_pool', 1000, 0).terms).not.toHaveProperty('usedPercent');
  });

  test('has no share without usage but 0', () => {
    const { topSim, usedBytes, terms } = usageOfService(
      service,
      { tariff: aTariff({ pooling: 'per_sim' }), sims: 1 },
      [],
    );
    expect([topSim, usedBytes, terms?.usedPercent]).toEqual([undefined, 0, 0]);
  });

  test('has no terms in a holding service', () => {
    expect(usageOfService(aHoldingService(), { tariff: undefined, sims: 4 }, [])).not.toHaveProperty('terms');
  });
});
