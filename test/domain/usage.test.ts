import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { MAX_BYTES } from '../../domain/bytes.ts';
import { asId } from '../../domain/ids.ts';
import {
  type Books,
  countedAt,
  countInto,
  daysToRead,
  type HeldRecord,
  isTimely,
  MAX_NETWORKS_PER_DAY_PART,
  MAX_RECORDS_PER_DAY_PART,
  monthsOf,
  periodOf,
  servicesOf,
  TOP_SIMS,
} from '../../domain/usage.ts';
import { beginOf, granularities, pointsOf } from '../../domain/usage-points.ts';
import { anIccid } from './builders.ts';

const nothing: Books = { days: [], sums: [] };

function aRecord(own: Partial<HeldRecord> = {}): HeldRecord {
  return {
    key: 'first',
    content: 'same',
    iccid: anIccid(),
    operatorId: asId('operator', '3uk'),
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
          isNew(
            day,
            days,
            (one: Day, other: Day) => one.iccid === other.iccid && one.day === other.day && one.part === other.part,
          ),
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

describe('the usage of a SIM', () => {
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
        part: 0,
        networks: new Map([
          ['23420', new Map([[10, 120]])],
          ['20801', new Map([[23, 3]])],
        ]),
        services: new Map(Object.entries({ psv_fleet: 123, csv_trackers: 120 })),
        records: new Map(['first', 'second', 'third'].map((key) => [key, 'same'])),
        version: 0,
      },
    ]);
    const operators = ['3uk'];
    expect(sums).toEqual([
      {
        serviceId: 'psv_fleet',
        period: '2026-03',
        bytes: 123,
        top: [{ iccid: anIccid(), bytes: 123 }],
        operators,
        version: 0,
      },
      {
        serviceId: 'csv_trackers',
        period: '2026-03',
        bytes: 120,
        top: [{ iccid: anIccid(), bytes: 120 }],
        operators,
        version: 0,
      },
    ]);
  });

  test('changes nothing when it is already counted', () => {
    const books = countInto(nothing, [aRecord()]);
    expect(countInto(books, [aRecord(), aRecord()])).toEqual({ ...nothing, notCounted: new Map() });
  });

  test('counts once by its id, whatever the time of a repetition', () => {
    const last = aRecord({ at: '2026-03-31T23:59:59.700Z' });
    const again = aRecord({ at: '2026-04-01T00:00:00.000Z' });
    expect(countInto(nothing, [last, again]).days).toMatchObject([{ day: '2026-03-31' }]);
    expect(countInto(countInto(nothing, [last]), [again])).toEqual({ ...nothing, notCounted: new Map() });
    // Of another SIM it is another record.
    expect(countInto(nothing, [last, { ...again, iccid: anIccid(2) }]).days).toHaveLength(2);
  });

  test('is kept when a record with the same id contradicts it', () => {
    const other = aRecord({ content: 'else', bytes: 7 });
    const { days, notCounted } = countInto(nothing, [aRecord(), other, aRecord()]);
    expect(pointsOf(days, 'day', () => true).totalBytes).toBe(100);
    expect([...notCounted]).toEqual([[other, 'conflicting']]);
    expect(countInto({ days, sums: [] }, [other])).toEqual({
      ...nothing,
      notCounted: new Map([[other, 'conflicting']]),
    });
  });

  test('accepts a repetition when an earlier release did not store the content', () => {
    const { days, sums } = countInto(nothing, [aRecord()]);
    const old = days.map((day) => ({ ...day, records: new Map([['first', undefined]]) }));
    expect(countInto({ days: old, sums }, [aRecord({ content: 'else' })])).toEqual({
      ...nothing,
      notCounted: new Map(),
    });
  });

  test('is found again within 31 days, and ranked by the whole month', () => {
    expect(
      daysToRead([aRecord({ at: '2026-03-31T10:00:00.000Z' }), aRecord({ at: '2026-03-01T10:00:00.000Z' })]),
    ).toEqual({
      from: '2026-01-29',
      upTo: '2026-05-01',
    });
    fc.assert(
      fc.property(fc.nat(2000), (hours) => {
        const at = new Date(Date.UTC(2026, 0, 1) + hours * 3_600_000).toISOString();
        const { from, upTo } = daysToRead([{ at }]);
        expect(from < `${periodOf(at)}-01` && upTo > `${periodOf(at)}-31`).toBe(true);
      }),
    );
  });

  test('of exactly a month\u2019s first moment counts for the month that ends there', () => {
    expect(countedAt('2026-04-01T00:00:00.000Z')).toBe('2026-03-31T23:59:59.999Z');
    for (const at of ['2026-04-01T00:00:00.001Z', '2026-04-02T00:00:00.000Z', '2026-04-11T00:00:00.000Z']) {
      expect(countedAt(at)).toBe(at);
    }
  });

  test('never exceeds what JSON holds exactly, in days, months and sums', () => {
    const most = Array.from({ length: 12 }, (_, n) => aRecord({ key: `r${n}`, bytes: MAX_BYTES }));
    const { days, sums } = countAll([most.slice(0, 5), most.slice(5)]);
    expect(pointsOf(days, 'day', () => true)).toMatchObject({ totalBytes: MAX_BYTES, points: [{ bytes: MAX_BYTES }] });
    expect(sums.map(({ bytes, top }) => [bytes, top[0]?.bytes])).toEqual(Array(2).fill([MAX_BYTES, MAX_BYTES]));
    expect(monthsOf(days)).toMatchObject([{ bytes: MAX_BYTES }]);
  });

  test('is stored whatever the names of networks and services are', () => {
    const names = ['constructor', '__proto__', 'toString'];
    const { days } = countInto(
      nothing,
      names.map((name) => aRecord({ key: name, network: name, partnerServiceId: asId('partnerService', name) })),
    );
    expect(pointsOf(days, 'day', () => true).points.map(({ network, bytes }) => [network, bytes])).toEqual(
      [...names].sort().map((name) => [name, 100]),
    );
    expect(monthsOf(days)[0]?.services.get(asId('partnerService', '__proto__'))).toBe(100);
  });

  test('is shown by hour, day and month for the requested range', () => {
    const { days } = countInto(nothing, [
      aRecord(),
      aRecord({ key: 'second', at: '2026-03-02T11:00:00.000Z', bytes: 20 }),
      aRecord({ key: 'third', at: '2026-03-03T00:00:00.000Z', bytes: 3, network: '20801' }),
      aRecord({ key: 'nothing', at: '2026-03-04T00:00:00.000Z', bytes: 0 }),
    ]);
    const series = (granularity: (typeof granularities)[number], from = '') =>
      pointsOf(days, granularity, (hour) => hour >= from);
    expect(series('hour')).toEqual({
      totalBytes: 123,
      points: [
        { at: '2026-03-02T10:00:00.000Z', bytes: 100, network: '23420' },
        { at: '2026-03-02T11:00:00.000Z', bytes: 20, network: '23420' },
        { at: '2026-03-03T00:00:00.000Z', bytes: 3, network: '20801' },
      ],
    });
    expect(series('day', '2026-03-02T11:00:00.000Z')).toEqual({
      totalBytes: 23,
      points: [
        { at: '2026-03-02T00:00:00.000Z', bytes: 20, network: '23420' },
        { at: '2026-03-03T00:00:00.000Z', bytes: 3, network: '20801' },
      ],
    });
    expect(series('month').points).toEqual([
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

describe('a SIM\u2019s day with very many records', () => {
  const many = (count: number, own: (n: number) => Partial<HeldRecord> = () => ({})) =>
    Array.from({ length: count }, (_, n) => aRecord({ key: `r${n}`, ...own(n) }));

  test('has parts, each within its limits of records and networks', () => {
    const records = many(5_500);
    const books = countAll([records.slice(0, 700), records.slice(700, 3_000), records.slice(3_000)]);
    expect(books.days.map(({ part, records: { size } }) => [part, size])).toEqual([
      ...[0, 1, 2, 3, 4].map((part) => [part, MAX_RECORDS_PER_DAY_PART]),
      [5, 500],
    ]);
    expect(pointsOf(books.days, 'day', () => true).points).toEqual([
      { at: '2026-03-02T00:00:00.000Z', bytes: 550_000, network: '23420' },
    ]);
    expect(countInto(books, records)).toEqual({ ...nothing, notCounted: new Map() });

    const { days } = countInto(
      nothing,
      many(250, (n) => ({ network: String(20_000 + n) })),
    );
    expect(days.map(({ networks }) => networks.size)).toEqual([...Array(6).fill(MAX_NETWORKS_PER_DAY_PART), 10]);
    expect(monthsOf(days)).toMatchObject([{ bytes: 25_000 }]);
  });

  test('is counted in time proportional to their number', () => {
    // What is copied from one collection into another is added to it, too.
    const additions = (count: number) => {
      const spies = [jest.spyOn(Map.prototype, 'set'), jest.spyOn(Set.prototype, 'add')];
      countInto(nothing, many(count));
      const calls = spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
      jest.restoreAllMocks();
      return calls;
    };
    expect(additions(5_000) / additions(1_000)).toBeLessThan(5.5);
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
      return { ...record, key: `r${place}`, content: '', iccid: anIccid(sim), operatorId: asId('operator', '3uk'), at };
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
      const reported = [...again, ...shuffled, ...again];
      const batches = Array.from({ length: Math.ceil(reported.length / size) }, (_, n) =>
        reported.slice(n * size, n * size + size),
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

  test('no byte counts for two partner services or two customer services', () => {
    fc.assert(
      fc.property(deliveries, ({ distinct, batches }) => {
        const { sums } = countAll(batches);
        const of = (prefix: string) => sumOf(sums.filter(({ serviceId }) => serviceId.startsWith(prefix)));
        expect(of('psv_')).toBe(sumOf(distinct));
        expect(of('csv_')).toBe(sumOf(distinct.filter(({ customerServiceId }) => customerServiceId !== undefined)));
      }),
    );
  });

  test('the top SIMs of a service are those with the highest usage', () => {
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
