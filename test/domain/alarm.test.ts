import { describe, expect, test } from '@jest/globals';
import {
  type Alarm,
  measureViolation,
  suspendsPool,
  suspensionOf,
  thresholdBytes,
  usageBySim,
} from '../../domain/alarm.ts';
import { MAX_BYTES } from '../../domain/bytes.ts';
import { asId, asServiceId, type ServiceId } from '../../domain/ids.ts';
import { newSimInHolding, type Sim } from '../../domain/sim.ts';
import { decide } from '../../domain/sim-actions.ts';
import { monthsOf, type SimDay } from '../../domain/usage.ts';

const day = (iccid: string, on: string, services: Record<ServiceId, number>): SimDay => ({
  iccid,
  day: on,
  part: 0,
  networks: new Map([['home', new Map([[3, Object.values(services)[0] ?? 0]])]]),
  services: new Map(Object.entries(services).map(([id, bytes]) => [asServiceId(id), bytes])),
  records: new Map(),
  version: 1,
});

describe('the usage of SIMs in a month', () => {
  const months = monthsOf(
    [
      day('one', '2026-03-01', { psv_1: 5, csv_1: 5 }),
      day('one', '2026-03-02', { psv_1: 1 }),
      day('two', '2026-02-28', { psv_1: 9 }),
    ],
    // The same day once more, after more was counted.
    [day('one', '2026-03-02', { psv_1: 3, csv_1: 2 })],
  );

  test('is the sum of its days, each as last reported', () => {
    expect(months).toEqual([
      { iccid: 'one', period: '2026-03', bytes: 8, services: new Map(Object.entries({ psv_1: 8, csv_1: 7 })) },
      { iccid: 'two', period: '2026-02', bytes: 9, services: new Map([['psv_1', 9]]) },
    ]);
  });

  test.each([
    [{ customerServiceId: 'csv_1' }, [{ subject: 'one', bytes: 7 }]],
    [
      { partnerServiceId: 'psv_1' },
      [
        { subject: 'one', bytes: 8 },
        { subject: 'two', bytes: 9 },
      ],
    ],
    [{ iccid: 'two' }, [{ subject: 'two', bytes: 9 }]],
    [{ customerServiceId: 'csv_another' }, []],
  ] as const)('counts for an alarm over %j', (scope, used) => {
    expect(usageBySim({ scope }, months)).toEqual(used);
  });
});

describe('the threshold of an alarm', () => {
  const at = (
    threshold: Alarm['threshold'],
    measure: Alarm['measure'],
    pooling: 'per_sim' | 'static_pool' | 'dynamic_pool',
    sims = 3,
  ) => thresholdBytes({ threshold, measure }, { tariff: { allowanceBytes: 1001, pooling }, sims });

  test.each([
    ['sim', 'per_sim', 801],
    ['sim', 'dynamic_pool', 801],
    ['sim', 'static_pool', 801],
    ['pool', 'per_sim', 2403],
    ['pool', 'dynamic_pool', 2403],
    ['pool', 'static_pool', 801],
  ] as const)('of 80 %% for a %s with the allowance %s is %i bytes', (measure, pooling, bytes) => {
    expect(at({ percent: 80 }, measure, pooling)).toBe(bytes);
  });

  test('in bytes does not depend on the tariff', () => {
    expect(at({ bytes: 7 }, 'pool', 'dynamic_pool')).toBe(7);
    expect(thresholdBytes({ threshold: { bytes: 7 }, measure: 'sim' }, { tariff: undefined, sims: 0 })).toBe(7);
  });

  test('in percent does not exist without an allowance', () => {
    expect(
      thresholdBytes({ threshold: { percent: 1 }, measure: 'sim' }, { tariff: undefined, sims: 5 }),
    ).toBeUndefined();
    const share = { threshold: { percent: 80 }, measure: 'pool' } as const;
    const tariff = { allowanceBytes: 1_000_000, pooling: 'dynamic_pool' } as const;
    expect(thresholdBytes(share, { tariff, sims: 0 })).toBeUndefined();
    expect(thresholdBytes(share, { tariff: { ...tariff, allowanceBytes: 0 }, sims: 5 })).toBeUndefined();
    expect(thresholdBytes(share, { tariff, sims: 5 })).toBe(4_000_000);
  });

  test('never exceeds the countable maximum', () => {
    const share = { threshold: { percent: 1000 }, measure: 'pool' } as const;
    const tariff = { allowanceBytes: MAX_BYTES, pooling: 'dynamic_pool' } as const;
    expect(thresholdBytes(share, { tariff, sims: 100_000 })).toBe(MAX_BYTES);
  });
});

describe('an alarm that suspends', () => {
  const at = '2026-12-30T10:00:00.000Z';
  const turn = '2027-01-01T00:00:00.000Z';
  const suspension = (measure: Alarm['measure']) =>
    suspensionOf(
      { id: 'alm_1', scope: { customerServiceId: asId('customerService', 'csv') }, measure },
      { period: '2026-12', sims: 2 },
      ['op_1', 'op_2'],
      at,
    );

  test('bars a list of SIMs now, and lifts these bars when the period ends', () => {
    const { suspend, resume } = suspension('sim');
    expect(suspend).toMatchObject({
      id: 'op_1',
      action: 'suspend',
      selection: { kind: 'list' },
      target: { reason: 'allowance_exceeded', until: turn },
      state: 'queued',
      total: 2,
      pages: 1,
      requestedBy: 'alm_1',
    });
    expect(resume).toMatchObject({
      id: 'op_2',
      action: 'resume',
      selection: { kind: 'list' },
      target: { reason: 'allowance_exceeded' },
      state: 'scheduled',
      effectiveAt: turn,
      selecting: { pages: 1, sims: 2 },
    });
  });

  test('bars all SIMs that are in the pool at that time', () => {
    const { suspend, resume } = suspension('pool');
    expect(suspend.selection).toEqual({ kind: 'filter', filter: { state: 'active', customerServiceId: 'csv' } });
    expect(suspendsPool(suspend)).toBe(true);
    expect(suspendsPool(resume)).toBe(false);
    expect(suspendsPool(suspension('sim').suspend)).toBe(false);
    expect(suspendsPool({ ...suspend, target: { reason: 'not_paid' } })).toBe(false);
    expect(suspend.total).toBeUndefined();
    expect(resume.selection).toEqual({ kind: 'filter', filter: { state: 'suspended', customerServiceId: 'csv' } });
  });

  const arrived = newSimInHolding(
    // Safe: a test's own.
    { iccid: '8944200000000000001' as Sim['iccid'], imsi: '1' },
    { id: 'ord_1', operatorId: asId('operator', '3uk') },
    '2026-12-01T00:00:00.000Z',
  );
  const active: Sim = { ...arrived, state: 'active', bars: [] };
  const barred = (reason: string): Sim => ({
    ...arrived,
    state: 'suspended',
    bars: [{ type: 'data', reason, since: at }],
  });

  test('sets no bar after its period', () => {
    const suspend = { action: 'suspend', reason: 'allowance_exceeded', until: turn } as const;
    expect(decide(active, suspend, '2026-12-31T23:59:59.999Z')).toMatchObject({
      kind: 'change',
      sim: { state: 'suspended', bars: [{ reason: 'allowance_exceeded' }] },
    });
    expect(decide(active, suspend, turn)).toEqual({ kind: 'unchanged' });
  });

  test('removes only its own bars', () => {
    const resume = { action: 'resume', reason: 'allowance_exceeded' } as const;
    expect(decide(barred('allowance_exceeded'), resume, turn)).toMatchObject({
      kind: 'change',
      sim: { state: 'active', bars: [] },
    });
    expect(decide(barred('stolen'), resume, turn)).toEqual({ kind: 'unchanged' });
    expect(decide(barred('stolen'), { action: 'resume' }, turn)).toMatchObject({ kind: 'change' });
    expect(decide({ ...barred('terminated'), state: 'terminated' }, resume, turn)).toEqual({ kind: 'unchanged' });
  });
});

test('an alarm of one SIM cannot measure a pool', () => {
  expect(measureViolation({ scope: { iccid: '8944200000000000017' }, measure: 'pool' })).toMatchObject({
    pointer: '/measure',
    code: 'not_a_pool',
  });
  expect(measureViolation({ scope: { iccid: '8944200000000000017' }, measure: 'sim' })).toBeUndefined();
  expect(measureViolation({ scope: { customerServiceId: 'csv_1' }, measure: 'pool' })).toBeUndefined();
});
