import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { asId, type TariffId } from '../../domain/ids.ts';
import {
  changeTariff,
  lostOperators,
  nextPeriodStart,
  type TariffChangeTime,
  type TariffTimes,
  tariffAt,
  tariffOfPeriod,
  tariffSince,
  uncoveredBy,
  withDueTariff,
} from '../../domain/service-tariffs.ts';
import { DAY_MS, HOUR_MS } from '../../domain/time-units.ts';
import { periodOf } from '../../domain/usage.ts';
import { anOperator, aTariffOf } from './builders.ts';

const trf = (name: string): TariffId => asId('tariff', `trf_${name}`);
const [A, B, C] = [trf('a'), trf('b'), trf('c')];

const START = Date.parse('2026-01-01T00:00:00Z');
const iso = (ms: number) => new Date(ms).toISOString();

/** The service at a moment, as a request reads and changes it. */
const changed = (service: TariffTimes, to: TariffId, effective: TariffChangeTime, at: string): TariffTimes =>
  changeTariff(withDueTariff({ ...service, updatedAt: '' }, at), to, effective, at);

describe('a change of tariff now', () => {
  test('holds for the whole current period, and past periods keep theirs', () => {
    const service = changed({ tariffId: A }, B, 'now', '2026-03-20T10:00:00.000Z');
    expect(service).toEqual({
      tariffId: B,
      formerTariffs: [{ tariffId: A, until: '2026-03-20T10:00:00.000Z' }],
    });
    expect(['2026-01', '2026-02', '2026-03', '2026-04'].map((period) => tariffOfPeriod(service, period))).toEqual([
      A,
      A,
      B,
      B,
    ]);
    expect(tariffSince(service)).toBe('2026-03-20T10:00:00.000Z');
  });

  test('replaces the next tariff', () => {
    const planned = changed({ tariffId: A }, B, 'next_period', '2026-03-20T10:00:00.000Z');
    expect(changed(planned, C, 'now', '2026-03-21T10:00:00.000Z')).toEqual({
      tariffId: C,
      formerTariffs: [{ tariffId: A, until: '2026-03-21T10:00:00.000Z' }],
    });
  });

  test('within the day of another one leaves the tariff between them out', () => {
    const once = changed({ tariffId: A }, B, 'now', '2026-03-20T10:00:00.000Z');
    expect(changed(once, C, 'now', '2026-03-20T18:00:00.000Z')).toEqual({
      tariffId: C,
      formerTariffs: [{ tariffId: A, until: '2026-03-20T10:00:00.000Z' }],
    });
    expect(changed(once, A, 'now', '2026-03-20T18:00:00.000Z')).toEqual({ tariffId: A });
  });
});

describe('a change of tariff from the next period on', () => {
  const planned = changed({ tariffId: A }, B, 'next_period', '2026-12-31T23:59:59.999Z');

  test('is shown until it takes effect, which needs no job', () => {
    expect(planned).toEqual({ tariffId: A, nextTariff: { tariffId: B, from: '2027-01-01T00:00:00.000Z' } });
    const record = { ...planned, updatedAt: '2026-12-31T23:59:59.999Z' };
    expect(withDueTariff(record, '2026-12-31T23:59:59.999Z')).toBe(record);
    expect(withDueTariff(record, '2027-01-01T00:00:00.000Z')).toEqual({
      tariffId: B,
      formerTariffs: [{ tariffId: A, until: '2027-01-01T00:00:00.000Z' }],
      updatedAt: '2027-01-01T00:00:00.000Z',
    });
    expect(['2026-12', '2027-01'].map((period) => tariffOfPeriod(planned, period))).toEqual([A, B]);
  });

  test('is replaced by another one, and withdrawn by the current tariff', () => {
    const at = '2026-12-31T23:59:59.999Z';
    expect(changed(planned, C, 'next_period', at)).toMatchObject({ tariffId: A, nextTariff: { tariffId: C } });
    for (const effective of ['now', 'next_period'] as const) {
      expect(changed(planned, A, effective, at)).toEqual({ tariffId: A });
    }
  });

  test('begins with the month in UTC', () => {
    expect(nextPeriodStart('2026-02-28T23:59:59.999Z')).toBe('2026-03-01T00:00:00.000Z');
    expect(nextPeriodStart('2026-03-01T00:00:00.000Z')).toBe('2026-04-01T00:00:00.000Z');
  });
});

test('after any changes, each day has the tariff that was the last to be set for it', () => {
  const step = fc.record({
    hours: fc.integer({ min: 1, max: 60 * 24 }),
    to: fc.constantFrom(A, B, C),
    effective: fc.constantFrom<TariffChangeTime>('now', 'next_period'),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      let now = START;
      let service: TariffTimes = { tariffId: A };
      // The same, day by day: the tariff at the end of each day.
      const days: TariffId[] = Array.from({ length: 1500 }, () => A);
      let next: { to: TariffId; from: number } | undefined;
      const setFrom = (ms: number, to: TariffId) => days.fill(to, Math.floor((ms - START) / DAY_MS));
      const passTo = (ms: number) => {
        if (next && next.from <= ms) {
          setFrom(next.from, next.to);
          next = undefined;
        }
      };
      for (const { hours, to, effective } of steps) {
        now += hours * HOUR_MS;
        passTo(now);
        const current = days[Math.floor((now - START) / DAY_MS)];
        service = changed(service, to, effective, iso(now));
        next = undefined;
        if (to !== current && effective === 'now') {
          setFrom(now, to);
        } else if (to !== current) {
          next = { to, from: Date.parse(nextPeriodStart(iso(now))) };
        }
      }
      const shown = days.map((_, day) => tariffAt(service, iso(START + (day + 1) * DAY_MS - 1)));
      passTo(Number.POSITIVE_INFINITY);
      expect(shown).toEqual(days);
      // The allowance of a period is that of its last day, before and after the service is written again.
      const later = { ...withDueTariff({ ...service, updatedAt: '' }, iso(now + 40 * DAY_MS)) };
      for (let day = 0; day < 700; day += 27) {
        const period = periodOf(iso(START + day * DAY_MS));
        const lastDay = (Date.parse(nextPeriodStart(`${period}-01T00:00:00.000Z`)) - START) / DAY_MS - 1;
        expect(tariffOfPeriod(service, period)).toBe(days[lastDay]);
        expect(tariffOfPeriod(later, period)).toBe(days[lastDay]);
      }
    }),
  );
});

test('a service keeps a limited number of earlier tariffs, the latest', () => {
  let service: TariffTimes = { tariffId: A };
  for (let day = 0; day < 500; day += 1) {
    service = changed(service, [A, B, C][day % 3] ?? A, 'now', iso(START + day * DAY_MS));
  }
  expect(service.formerTariffs).toHaveLength(200);
  expect(service.formerTariffs?.at(-1)?.until).toBe(iso(START + 499 * DAY_MS));
});

describe('SIMs of an operator can be on a service', () => {
  const service = { name: 'Meters' };
  const operator = anOperator('a1');

  test('when its tariff covers the operator, and so does the tariff of the next period', () => {
    const [tariff, none] = [aTariffOf('a1', '3uk'), aTariffOf('3uk')];
    expect(uncoveredBy({ service, tariff }, operator)).toBeUndefined();
    expect(uncoveredBy({ service, tariff, nextTariff: tariff }, operator)).toBeUndefined();
    expect(uncoveredBy({ service, tariff: none }, operator)).toMatch(/does not cover/);
    expect(uncoveredBy({ service, tariff: undefined }, operator)).toMatch(/does not cover/);
    expect(uncoveredBy({ service, tariff, nextTariff: none }, operator)).toMatch(/from the next period on/);
  });

  test('a tariff loses the operators that the next one does not cover', () => {
    expect(lostOperators(aTariffOf('a1', '3uk'), aTariffOf('3uk', 'orange'))).toEqual(['a1']);
    expect(lostOperators(aTariffOf('a1'), aTariffOf('3uk', 'a1'))).toEqual([]);
  });
});
