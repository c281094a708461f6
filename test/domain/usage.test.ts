import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type Books,
  beginOf,
  countInto,
  granularities,
  type HeldRecord,
  isTimely,
  periodOf,
  pointsOf,
  servicesOf,
  TOP_SIMS,
} from '../../domain/usage.ts';
import { anIccid } from './builders.ts';

const nothing: Books = { days: [], sums: [] };

function aRecord(own: Partial<HeldRecord> = {}): HeldRecord {
  return {
    key: 'first',
    iccid: anIccid(),
    at: '2026-03-02T10:30:00.000Z',
    network: '23420',
    bytes: 100,
    partnerServiceId: 'psv_fleet',
    customerServiceId: 'csv_trackers',
    ...own,
  };
}

/** Counts batch after batch, as the collector does: what changed replaces what was there. */
function countAll(batches: readonly (readonly HeldRecord[])[]): Books {
  return batches.reduce<Books>((books, batch) => {
    const { days, sums } = countInto(books, batch);
    const isNew = (what: object, others: readonly object[], same: (one: never, other: never) => boolean) =>
      !others.some((other) => same(what as never, other as never));
    type Day = Books['days'][number];
    type Sum = Books['sums'][number];
    return {
      days: [
        ...books.days.filter((day) =>
          isNew(day, days, (one: Day, other: Day) => one.iccid === other.iccid && one.day === other.day),
        ),
        ...days,
      ],
      sums: [
        ...books.sums.filter((sum) =>
          isNew(sum, sums, (one: Sum, other: Sum) => one.serviceId === other.serviceId && one.period === other.period),
        ),
        ...sums,
      ],
    };
  }, nothing);
}

describe('what a SIM used', () => {
  test('is summed by hour and network, and for the services that held it', () => {
    const { days, sums } = countInto(nothing, [
      aRecord(),
      aRecord({ key: 'second', bytes: 20 }),
      aRecord({
        key: 'third',
        at: '2026-03-02T23:59:59.999Z',
        bytes: 3,
        network: '20801',
        customerServiceId: undefined,
      }),
    ]);
    expect(days).toEqual([
      {
        iccid: anIccid(),
        day: '2026-03-02',
        networks: { 23420: { 10: 120 }, 20801: { 23: 3 } },
        services: { psv_fleet: 123, csv_trackers: 120 },
        records: new Set(['first', 'second', 'third']),
        version: 0,
      },
    ]);
    expect(sums).toEqual([
      { serviceId: 'psv_fleet', period: '2026-03', bytes: 123, top: [{ iccid: anIccid(), bytes: 123 }], version: 0 },
      { serviceId: 'csv_trackers', period: '2026-03', bytes: 120, top: [{ iccid: anIccid(), bytes: 120 }], version: 0 },
    ]);
  });

  test('changes nothing when it is in already', () => {
    const books = countInto(nothing, [aRecord()]);
    expect(countInto(books, [aRecord(), aRecord()])).toEqual(nothing);
  });

  test('is told by hour, day and month, of the hours that are asked for', () => {
    const { days } = countInto(nothing, [
      aRecord(),
      aRecord({ key: 'second', at: '2026-03-02T11:00:00.000Z', bytes: 20 }),
      aRecord({ key: 'third', at: '2026-03-03T00:00:00.000Z', bytes: 3, network: '20801' }),
      aRecord({ key: 'nothing', at: '2026-03-04T00:00:00.000Z', bytes: 0 }),
    ]);
    const told = (granularity: (typeof granularities)[number], from = '') =>
      pointsOf(days, granularity, (hour) => hour >= from);
    expect(told('hour')).toEqual({
      totalBytes: 123,
      points: [
        { at: '2026-03-02T10:00:00.000Z', bytes: 100, network: '23420' },
        { at: '2026-03-02T11:00:00.000Z', bytes: 20, network: '23420' },
        { at: '2026-03-03T00:00:00.000Z', bytes: 3, network: '20801' },
      ],
    });
    expect(told('day', '2026-03-02T11:00:00.000Z')).toEqual({
      totalBytes: 23,
      points: [
        { at: '2026-03-02T00:00:00.000Z', bytes: 20, network: '23420' },
        { at: '2026-03-03T00:00:00.000Z', bytes: 3, network: '20801' },
      ],
    });
    expect(told('month').points).toEqual([
      { at: '2026-03-01T00:00:00.000Z', bytes: 3, network: '20801' },
      { at: '2026-03-01T00:00:00.000Z', bytes: 120, network: '23420' },
    ]);
  });

  test('is not counted from too long ago, nor from the future', () => {
    const now = new Date('2026-06-01T00:00:00.000Z');
    expect(isTimely('2026-03-04T00:00:00.000Z', now)).toBe(true);
    expect(isTimely('2026-03-02T23:59:59.999Z', now)).toBe(false);
    expect(isTimely('2026-06-02T00:00:00.000Z', now)).toBe(true);
    expect(isTimely('2026-06-02T00:00:00.001Z', now)).toBe(false);
  });
});

/** Records of a few SIMs, days and services, each with a key of its own. */
const records = fc
  .array(
    fc.record({
      sim: fc.nat(14),
      hours: fc.nat(24 * 40),
      network: fc.constantFrom('23420', '20801'),
      bytes: fc.nat(1_000_000),
      partnerServiceId: fc.constantFrom('psv_one', 'psv_two'),
      customerServiceId: fc.option(fc.constantFrom('csv_one', 'csv_two'), { nil: undefined }),
    }),
    { maxLength: 60 },
  )
  .map((some) =>
    some.map(({ sim, hours, ...record }, place): HeldRecord => {
      const at = new Date(Date.UTC(2026, 1, 10) + hours * 3_600_000).toISOString();
      return { ...record, key: `r${place}`, iccid: anIccid(sim), at };
    }),
  );

/** The same records as they come: some of them again, in another order, cut into batches. */
const deliveries = records.chain((distinct) =>
  fc
    .tuple(
      fc.shuffledSubarray(distinct, { minLength: distinct.length, maxLength: distinct.length }),
      fc.subarray(distinct),
      fc.integer({ min: 1, max: 20 }),
    )
    .map(([shuffled, again, size]) => {
      const told = [...again, ...shuffled, ...again];
      const batches = Array.from({ length: Math.ceil(told.length / size) }, (_, n) =>
        told.slice(n * size, n * size + size),
      );
      return { distinct, batches };
    }),
);

const sumOf = (some: readonly { bytes: number }[]) => some.reduce((sum, { bytes }) => sum + bytes, 0);

describe('however records are repeated, ordered and cut into batches', () => {
  test('sums are those of the distinct records', () => {
    fc.assert(
      fc.property(deliveries, ({ distinct, batches }) => {
        const { days, sums } = countAll(batches);
        for (const granularity of granularities) {
          const { totalBytes, points } = pointsOf(days, granularity, () => true);
          expect(totalBytes).toBe(sumOf(distinct));
          expect(sumOf(points)).toBe(sumOf(distinct));
          expect(points.every(({ at }) => beginOf(at, granularity) === at)).toBe(true);
        }
        for (const { serviceId, period, bytes } of sums) {
          const counting = distinct.filter((one) => periodOf(one.at) === period && servicesOf(one).includes(serviceId));
          expect(bytes).toBe(sumOf(counting));
        }
      }),
    );
  });

  test('no byte counts for two partner services, nor for two customer services', () => {
    fc.assert(
      fc.property(deliveries, ({ distinct, batches }) => {
        const { sums } = countAll(batches);
        const of = (prefix: string) => sumOf(sums.filter(({ serviceId }) => serviceId.startsWith(prefix)));
        expect(of('psv_')).toBe(sumOf(distinct));
        expect(of('csv_')).toBe(sumOf(distinct.filter(({ customerServiceId }) => customerServiceId !== undefined)));
      }),
    );
  });

  test('the SIMs that used the most of a service are those', () => {
    fc.assert(
      fc.property(deliveries, ({ distinct, batches }) => {
        for (const { serviceId, period, top } of countAll(batches).sums) {
          const ofService = distinct.filter(
            (one) => periodOf(one.at) === period && servicesOf(one).includes(serviceId),
          );
          const bySim = [...Map.groupBy(ofService, ({ iccid }) => iccid)]
            .map(([iccid, some]) => ({ iccid, bytes: sumOf(some) }))
            .sort((one, other) => other.bytes - one.bytes || (one.iccid < other.iccid ? -1 : 1));
          expect(top).toEqual(bySim.slice(0, TOP_SIMS));
        }
      }),
    );
  });
});
