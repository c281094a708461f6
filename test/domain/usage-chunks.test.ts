import { describe, expect, test } from '@jest/globals';
import { asId, type PartnerServiceId } from '../../domain/ids.ts';
import type { HeldRecord } from '../../domain/usage.ts';
import { chunkDays, groupByDay, halve, sumsOfChunk } from '../../domain/usage-chunks.ts';

const record = (iccid: string, at: string, partnerServiceId: PartnerServiceId = 'psv_1'): HeldRecord => ({
  key: `${iccid} ${at}`,
  content: '',
  iccid,
  operatorId: asId('operator', '3uk'),
  at,
  network: '23420',
  bytes: 1,
  partnerServiceId,
});

const first = record('1', '2026-03-01T01:00:00.000Z');
const later = record('1', '2026-03-01T02:00:00.000Z');
const nextDay = record('1', '2026-03-02T01:00:00.000Z');
const elsewhere = record('2', '2026-03-01T01:00:00.000Z', 'psv_2');

test('records are grouped by SIM and day, and SIMs of the same service are neighbours', () => {
  const days = groupByDay([first, elsewhere, later, nextDay]);
  expect(days.map(({ records }) => records)).toEqual([[first, later], [nextDay], [elsewhere]]);
});

test('a chunk has room for its days and for the sums that they add to', () => {
  const days = groupByDay([first, nextDay, elsewhere]);
  expect(chunkDays(days, 5)).toHaveLength(1);
  expect(chunkDays(days, 4).map((chunk) => chunk.length)).toEqual([2, 1]);
  expect(sumsOfChunk(days)).toEqual([
    { period: '2026-03', serviceId: 'psv_1' },
    { period: '2026-03', serviceId: 'psv_2' },
  ]);
});

describe('a chunk is halved', () => {
  test('by days, and a single day by its records', () => {
    const days = groupByDay([first, nextDay]);
    expect(halve(days)).toEqual([[days[0]], [days[1]]]);
    expect(halve(groupByDay([first, later]))).toEqual([groupByDay([first]), groupByDay([later])]);
  });

  test('until a single record is left', () => {
    expect(halve(groupByDay([first]))).toEqual([]);
  });
});
