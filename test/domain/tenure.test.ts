import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { OperationId } from '../../domain/ids.ts';
import type { OperationTarget } from '../../domain/operation.ts';
import type { SimEvent } from '../../domain/sim.ts';
import { tenureAt, tenuresBetween, tenuresOf } from '../../domain/tenure.ts';
import { aSim, LONG_AGO } from './builders.ts';

const sim = aSim().active();
const onDay = (day: number) => `2026-02-${String(day).padStart(2, '0')}T12:00:00.000Z`;

const targets: Record<string, OperationTarget> = {
  op_migrate: { partnerServiceId: 'psv_fleet' },
  op_assign: { customerId: 'cus_meadow', customerServiceId: 'csv_trackers' },
  op_other: { customerId: 'cus_other', customerServiceId: 'csv_other' },
};
const targetOf = (id: string) => targets[id];

const step = (version: number, day: number, type: string, operationId: OperationId): SimEvent => ({
  version,
  at: onDay(day),
  type: `sim.${type}`,
  operationId,
});

const life = [
  step(2, 1, 'migrated', 'op_migrate'),
  step(3, 2, 'assigned', 'op_assign'),
  step(4, 3, 'activated', 'op_activate'),
  step(5, 10, 'unassigned', 'op_unassign'),
  step(6, 12, 'assigned', 'op_other'),
];
const tenures = tenuresOf(sim, life, targetOf);

describe('the services that held a SIM', () => {
  test.each([
    ['before it arrived', '2025-01-01T00:00:00.000Z', 'psv_holding_3uk', undefined],
    ['when it arrived', LONG_AGO, 'psv_holding_3uk', undefined],
    ['when it was migrated', onDay(1), 'psv_fleet', undefined],
    ['a moment before it was assigned', '2026-02-02T11:59:59.999Z', 'psv_fleet', undefined],
    ['when it was assigned', onDay(2), 'psv_fleet', 'csv_trackers'],
    ['when it was active', onDay(9), 'psv_fleet', 'csv_trackers'],
    ['when it was back in stock', onDay(11), 'psv_fleet', undefined],
    ['when another customer had it', onDay(28), 'psv_fleet', 'csv_other'],
  ])('%s', (_, at, partnerServiceId, customerServiceId) => {
    expect(tenureAt(tenures, at)).toMatchObject({ partnerServiceId });
    expect(tenureAt(tenures, at).customerServiceId).toBe(customerServiceId);
  });

  test('between two moments include the first one\u2019s, and none that begins later', () => {
    const between = (from: number, upTo: number) =>
      tenuresBetween(tenures, onDay(from), onDay(upTo)).map(({ from: began }) => began);
    expect(between(1, 2)).toEqual([onDay(1), onDay(2)]);
    expect(between(4, 9)).toEqual([onDay(2)]);
    expect(between(9, 28)).toEqual([onDay(2), onDay(10), onDay(12)]);
  });

  test('stay as they were when the target of an operation is unknown', () => {
    const lost = tenuresOf(sim, [...life, step(7, 13, 'migrated', 'op_lost')], targetOf);
    expect(tenureAt(lost, onDay(14))).toMatchObject({ partnerServiceId: 'psv_fleet', customerServiceId: 'csv_other' });
  });

  test('have one partner service at any moment, independent of when they are read', () => {
    fc.assert(
      fc.property(
        fc.array(fc.date({ min: new Date(LONG_AGO), max: new Date(onDay(28)), noInvalidDate: true })),
        (moments) => {
          for (const moment of moments) {
            const at = moment.toISOString();
            const holding = tenures.filter(({ from }, place) => from <= at && (tenures[place + 1]?.from ?? '9') > at);
            expect(holding).toEqual([tenureAt(tenures, at)]);
          }
        },
      ),
    );
  });
});
