import { describe, expect, test } from '@jest/globals';
import { completeUntilOfFile, earliestCompleteUntil, operatorsOfService } from '../../domain/complete-until.ts';
import { asId, type OperatorId } from '../../domain/ids.ts';
import { aTariffOf } from './builders.ts';

const [a1, orange, three] = ['a1', 'orange', '3uk'].map((id) => asId('operator', id)) as [
  OperatorId,
  OperatorId,
  OperatorId,
];
const tariff = aTariffOf(a1, orange, three);
const id = asId('customerService', 'csv_trackers');

describe('the operators of a service', () => {
  test('are those whose SIMs have usage on it, in the period or the one before', () => {
    expect(operatorsOfService(id, [{ operators: [a1] }, { operators: [three, a1] }], tariff)).toEqual([a1, three]);
  });

  test('are all that its tariff covers while it has no usage, or usage that names no operators', () => {
    expect(operatorsOfService(id, [], tariff)).toEqual(tariff.operatorIds);
    expect(operatorsOfService(id, [{ operators: [a1] }, {}], tariff)).toEqual(tariff.operatorIds);
  });

  test('are the one operator of a holding service', () => {
    expect(operatorsOfService(asId('partnerService', 'psv_holding_a1'), [], undefined)).toEqual([a1]);
    expect(operatorsOfService(asId('partnerService', 'psv_fleet'), [], undefined)).toEqual([]);
  });
});

describe('usage of several operators', () => {
  const times = new Map([
    [a1, '2026-03-02T10:00:00.000Z'],
    [orange, '2026-03-01T18:00:00.000Z'],
  ]);

  test('is complete until the earliest of their times', () => {
    expect(earliestCompleteUntil([a1, orange], times)).toBe('2026-03-01T18:00:00.000Z');
    expect(earliestCompleteUntil([a1], times)).toBe('2026-03-02T10:00:00.000Z');
  });

  test('is complete until an unknown time if one of them has reported nothing', () => {
    expect(earliestCompleteUntil([a1, three], times)).toBeUndefined();
    expect(earliestCompleteUntil([], times)).toBeUndefined();
  });
});

describe('usage from files', () => {
  const now = new Date('2026-03-02T12:00:00.000Z');
  const file = [{ at: '2026-02-28T23:59:59.000Z' }, { at: '2026-02-27T10:00:00.000Z' }];

  test('is complete until the newest record of all files', () => {
    expect(completeUntilOfFile(file, undefined, now)).toBe('2026-02-28T23:59:59.000Z');
    expect(completeUntilOfFile(file, '2026-03-01T00:00:00.000Z', now)).toBe('2026-03-01T00:00:00.000Z');
    expect(completeUntilOfFile([], undefined, now)).toBeUndefined();
  });

  test('is never complete until later than now', () => {
    expect(completeUntilOfFile([{ at: '2026-03-03T00:00:00.000Z' }], undefined, now)).toBe(now.toISOString());
  });
});
