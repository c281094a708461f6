import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { asId, type CustomerServiceId, type PartnerServiceId } from '../../domain/ids.ts';
import { type Books, countInto, type HeldRecord, periodOf, type SimDay, TOP_SIMS } from '../../domain/usage.ts';
import { pointsOf } from '../../domain/usage-points.ts';
import { type DayTotal, replaceInto, UNKNOWN_NETWORK } from '../../domain/usage-totals.ts';
import { anIccid } from './builders.ts';

const nothing: Books = { days: [], sums: [] };
const holder = { partnerServiceId: 'psv_fleet', customerServiceId: 'csv_trackers' } as const;
const DAY = '2026-03-02';
const OPERATOR = asId('operator', '3uk');

function aTotal(bytes: number, time: string, own: Partial<DayTotal> = {}): DayTotal {
  return {
    iccid: anIccid(),
    operatorId: OPERATOR,
    day: DAY,
    askedAt: `${DAY}T${time}:00.000Z`,
    networks: new Map([['23420', bytes]]),
    holders: [holder],
    ...own,
  };
}

/** Stores what changed in place of what was there. */
function save(books: Books, { days, sums }: Books): Books {
  const dayKey = ({ iccid, day, part }: SimDay) => `${iccid} ${day} ${part}`;
  const sumKey = ({ serviceId, period }: Books['sums'][number]) => `${serviceId} ${period}`;
  return {
    days: [...new Map([...books.days, ...days].map((day) => [dayKey(day), day])).values()],
    sums: [...new Map([...books.sums, ...sums].map((sum) => [sumKey(sum), sum])).values()],
  };
}

const replaceAll = (totals: readonly DayTotal[], books = nothing) =>
  totals.reduce((before, total) => save(before, replaceInto(before, [total])), books);

const hoursOf = ({ days }: Books) => Object.fromEntries(days[0]?.networks.get('23420') ?? []);
const usedOn = ({ sums }: Books) => Object.fromEntries(sums.map(({ serviceId, bytes }) => [serviceId, bytes]));

describe('the total of a SIM and day', () => {
  test('counts for the hour and the services at which it was seen to grow', () => {
    const books = replaceAll([aTotal(100, '10:30'), aTotal(130, '14:00'), aTotal(130, '15:00')]);
    expect(hoursOf(books)).toEqual({ 10: 100, 14: 30 });
    expect(usedOn(books)).toEqual({ psv_fleet: 130, csv_trackers: 130 });
    expect(books.sums[0]).toMatchObject({ top: [{ iccid: anIccid(), bytes: 130 }], operators: [OPERATOR] });
  });

  test('that is corrected downwards is taken away from the latest hours', () => {
    const books = replaceAll([aTotal(100, '10:30'), aTotal(130, '14:00'), aTotal(90, '15:00')]);
    expect(hoursOf(books)).toEqual({ 10: 90 });
    expect(usedOn(books)).toEqual({ psv_fleet: 90, csv_trackers: 90 });
    expect(replaceAll([aTotal(0, '16:00')], books)).toMatchObject({
      sums: [
        { bytes: 0, top: [] },
        { bytes: 0, top: [] },
      ],
    });
  });

  test('that grew after the day counts for its last hour, however late', () => {
    const books = replaceAll([aTotal(100, '23:30'), aTotal(105, '10:00', { askedAt: '2026-03-04T10:00:00.000Z' })]);
    expect(hoursOf(books)).toEqual({ 23: 105 });
  });

  test('does not replace the answer to a later question', () => {
    const books = replaceAll([aTotal(130, '14:00')]);
    expect(replaceInto(books, [aTotal(100, '10:30')])).toEqual(nothing);
    expect(replaceInto(books, [aTotal(130, '14:00')])).toEqual(nothing);
  });

  test('that is unchanged stores when it was asked, so that an older answer cannot replace it', () => {
    const [first, second, third] = [aTotal(100, '10:00'), aTotal(80, '11:00'), aTotal(100, '12:00')];
    expect(usedOn(replaceAll([first, third, second]))).toEqual({ psv_fleet: 100, csv_trackers: 100 });
    const unused = replaceAll([aTotal(0, '12:00'), aTotal(50, '11:00')]);
    expect(unused.sums).toEqual([]);
  });

  test('of a network replaces that of the network, and a network that is no longer named has none', () => {
    const networks = (...entries: [string, number][]) => ({ networks: new Map(entries) });
    const books = replaceAll([
      aTotal(0, '10:00', networks(['23420', 60], ['20801', 40])),
      aTotal(0, '11:00', networks(['23420', 110])),
    ]);
    expect(books.days[0]?.networks).toEqual(
      new Map([
        [
          '23420',
          new Map([
            [10, 60],
            [11, 50],
          ]),
        ],
      ]),
    );
    expect(usedOn(books)).toEqual({ psv_fleet: 110, csv_trackers: 110 });
  });

  test('of all networks keeps the networks that are known', () => {
    const all = (bytes: number) => ({ networks: new Map([[UNKNOWN_NETWORK, bytes]]) });
    const grown = replaceAll([aTotal(100, '10:00'), aTotal(0, '11:00', all(120))]);
    expect(grown.days[0]?.networks).toEqual(
      new Map([
        ['23420', new Map([[10, 100]])],
        [UNKNOWN_NETWORK, new Map([[11, 20]])],
      ]),
    );
    const shrunk = replaceAll([aTotal(0, '12:00', all(70))], grown);
    expect(shrunk.days[0]?.networks).toEqual(new Map([['23420', new Map([[10, 70]])]]));
  });
});

describe('on a day on which the SIM changed services', () => {
  const other = { partnerServiceId: 'psv_other' } as const;
  const moved = { holders: [holder, other] } as const;

  test('growth counts for the services that held the SIM when it was seen', () => {
    const books = replaceAll([aTotal(100, '10:00'), aTotal(130, '14:00', moved)]);
    expect(usedOn(books)).toEqual({ psv_fleet: 100, csv_trackers: 100, psv_other: 30 });
  });

  test('a correction takes away from the latest services first, and never more than they have', () => {
    const books = replaceAll([aTotal(100, '10:00'), aTotal(130, '14:00', moved), aTotal(90, '15:00', moved)]);
    expect(usedOn(books)).toEqual({ psv_fleet: 90, csv_trackers: 90, psv_other: 0 });
    expect(books.sums.find(({ serviceId }) => serviceId === 'psv_other')?.top).toEqual([]);
  });

  test('services that hold it a second time keep their parts apart', () => {
    const back = { holders: [holder, other, holder] } as const;
    const books = replaceAll([
      aTotal(100, '10:00'),
      aTotal(130, '14:00', moved),
      aTotal(170, '18:00', back),
      aTotal(120, '20:00', back),
    ]);
    // The 40 bytes of the second time, and then 10 of the other service's.
    expect(usedOn(books)).toEqual({ psv_fleet: 100, csv_trackers: 100, psv_other: 20 });
  });
});

describe('records and totals of the same day', () => {
  const record = (key: string, bytes: number, own: Partial<HeldRecord> = {}): HeldRecord => ({
    key,
    content: key,
    iccid: anIccid(),
    operatorId: OPERATOR,
    at: `${DAY}T08:30:00.000Z`,
    network: '23420',
    bytes,
    ...holder,
    ...own,
  });

  test('a total replaces what records counted', () => {
    const counted = countInto(nothing, [record('a', 60), record('b', 20, { at: `${DAY}T09:00:00.000Z` })]);
    const books = replaceAll([aTotal(70, '10:00')], counted);
    expect(hoursOf(books)).toEqual({ 8: 60, 9: 10 });
    expect(usedOn(books)).toEqual({ psv_fleet: 70, csv_trackers: 70 });
  });

  test('a record of a day that has a total is not counted, unless it was counted before', () => {
    const early = record('a', 60);
    const books = replaceAll([aTotal(70, '10:00')], save(nothing, countInto(nothing, [early])));
    const late = record('b', 5);
    expect(countInto(books, [early, late])).toEqual({ ...nothing, notCounted: new Map([[late, 'superseded']]) });
    const elsewhere = record('c', 5, { at: '2026-03-01T08:30:00.000Z' });
    expect(countInto(books, [elsewhere]).notCounted.size).toBe(0);
  });

  test('a correction takes away from the services of the latest records', () => {
    const holding = { partnerServiceId: 'psv_holding', customerServiceId: undefined } as const;
    const unassigned = { ...holder, customerServiceId: undefined };
    const counted = countInto(nothing, [record('a', 50, holding), record('b', 30, unassigned), record('c', 20)]);
    const books = replaceAll([aTotal(65, '10:00', { holders: [holding, unassigned, holder] })], save(nothing, counted));
    expect(usedOn(books)).toEqual({ psv_holding: 50, psv_fleet: 15, csv_trackers: 0 });
  });

  test('a day of several parts has its total in the first one', () => {
    const many = Array.from({ length: 1500 }, (_, n) => record(`r${n}`, 1));
    const counted = save(nothing, countInto(nothing, many));
    const books = replaceAll([aTotal(1400, '10:00')], counted);
    expect(pointsOf(books.days, 'day', () => true).totalBytes).toBe(1400);
    expect(books.days.map(({ records }) => records.size)).toEqual([1000, 500]);
    expect(countInto(books, many).days).toEqual([]);
  });
});

/** Answers about SIMs and days, each asked at another time, with services that change in the course of time. */
const partnerServices: PartnerServiceId[] = ['psv_one', 'psv_two'];
const customerServices: (CustomerServiceId | undefined)[] = ['csv_one', 'csv_two', undefined];
const answers = fc
  .array(
    fc.record({
      sim: fc.nat(14),
      day: fc.constantFrom('2026-02-28', '2026-03-01', '2026-03-02'),
      networks: fc.dictionary(fc.constantFrom('23420', '20801', UNKNOWN_NETWORK), fc.nat(1_000)),
      partnerServiceId: fc.constantFrom(...partnerServices),
      customerServiceId: fc.constantFrom(...customerServices),
    }),
    { maxLength: 60 },
  )
  .map((some) =>
    some.map(
      ({ sim, day, networks, ...held }, place): DayTotal => ({
        iccid: anIccid(sim),
        operatorId: OPERATOR,
        day,
        askedAt: new Date(Date.UTC(2026, 1, 28) + place * 7_200_000).toISOString(),
        networks: new Map(Object.entries(networks)),
        holders: [held],
      }),
    ),
  );

/** The same answers as they are counted: some again, in any order, in batches, some of which crash before they are saved. */
const deliveries = answers.chain((distinct) =>
  fc
    .tuple(
      fc.shuffledSubarray(distinct, { minLength: distinct.length, maxLength: distinct.length }),
      fc.subarray(distinct),
      fc.integer({ min: 1, max: 20 }),
      fc.infiniteStream(fc.boolean()),
    )
    .map(([shuffled, again, size, crashes]) => {
      const counted = [...again, ...shuffled, ...again];
      const batches = Array.from({ length: Math.ceil(counted.length / size) }, (_, n) => ({
        totals: counted.slice(n * size, n * size + size),
        isSaved: !crashes.next().value,
      }));
      return { distinct, batches };
    }),
);

const sumOf = (bytes: Iterable<number>) => [...bytes].reduce((sum, one) => sum + one, 0);

/** A crashed batch leaves nothing, because days and sums are saved together, and is counted again. */
function deliver(batches: readonly { totals: readonly DayTotal[]; isSaved: boolean }[], books = nothing): Books {
  const inTheEnd = [...batches, ...batches.filter(({ isSaved }) => !isSaved).map((one) => ({ ...one, isSaved: true }))];
  return inTheEnd.reduce((before, { totals, isSaved }) => {
    const changed = replaceInto(before, totals);
    return isSaved ? save(before, changed) : before;
  }, books);
}

/** The latest answer about each SIM and day. */
const latestOf = (distinct: readonly DayTotal[]) => [
  ...new Map(distinct.map((total) => [`${total.iccid} ${total.day}`, total])).values(),
];

describe('however answers are ordered, repeated and interrupted', () => {
  test('days and sums equal the latest totals', () => {
    fc.assert(
      fc.property(deliveries, ({ distinct, batches }) => {
        const { days, sums } = deliver(batches);
        const latest = latestOf(distinct);
        for (const { iccid, day, networks } of latest) {
          const ofDay = days.filter((one) => one.iccid === iccid && one.day === day);
          expect(pointsOf(ofDay, 'day', () => true).totalBytes).toBe(sumOf(networks.values()));
        }
        for (const period of ['2026-02', '2026-03']) {
          const inPeriod = latest.filter(({ day }) => periodOf(day) === period);
          const ofPartnerServices = sums.filter((sum) => sum.period === period && sum.serviceId.startsWith('psv_'));
          expect(sumOf(ofPartnerServices.map(({ bytes }) => bytes))).toBe(
            sumOf(inPeriod.flatMap(({ networks }) => [...networks.values()])),
          );
        }
      }),
    );
  });

  test('sums are those of the days, and nothing is negative', () => {
    fc.assert(
      fc.property(deliveries, ({ batches }) => {
        const { days, sums } = deliver(batches);
        for (const { serviceId, period, bytes } of sums) {
          const ofDays = days
            .filter(({ day }) => periodOf(day) === period)
            .map(({ services }) => services.get(serviceId) ?? 0);
          expect(bytes).toBe(sumOf(ofDays));
        }
        for (const { networks, services, totals } of days) {
          const hours = [...networks.values()].flatMap((ofNetwork) => [...ofNetwork.values()]);
          expect([...hours, ...services.values()].every((bytes) => bytes > 0)).toBe(true);
          expect(sumOf((totals?.shares ?? []).map(({ bytes }) => bytes))).toBe(sumOf(hours));
        }
      }),
    );
  });

  test('the top SIMs are those with the highest usage once each SIM has been asked for again', () => {
    fc.assert(
      fc.property(deliveries, ({ distinct, batches }) => {
        const { days, sums } = deliver([...batches, { totals: latestOf(distinct), isSaved: true }]);
        for (const { serviceId, period, top } of sums) {
          const ofPeriod = days.filter(({ day }) => periodOf(day) === period);
          const bySim = [...Map.groupBy(ofPeriod, ({ iccid }) => iccid)]
            .map(([iccid, some]) => ({ iccid, bytes: sumOf(some.map(({ services }) => services.get(serviceId) ?? 0)) }))
            .filter(({ bytes }) => bytes > 0)
            .sort((one, other) => other.bytes - one.bytes || (one.iccid < other.iccid ? -1 : 1));
          expect(top).toEqual(bySim.slice(0, TOP_SIMS));
        }
      }),
    );
  });
});
