import type { CalendarDay } from './calendar-day.ts';

/** What a SIM used, with the services that held it then, ready to be counted. */
export type HeldRecord = {
  /** Tells the record from all others of its SIM and day. */
  key: string;
  iccid: string;
  /** RFC 3339, UTC. */
  at: string;
  network: string;
  bytes: number;
  partnerServiceId: string;
  /** Absent when the SIM had no customer. */
  customerServiceId?: string | undefined;
};

/** What a SIM used on a day (UTC), in bytes: the sums of the records that are in, each of them once. */
export type SimDay = {
  iccid: string;
  day: CalendarDay;
  /** By network, then by hour of the day. */
  networks: Readonly<Record<string, Readonly<Record<number, number>>>>;
  /** By service: what counts for it. A record counts for one partner service, and for one customer service at the most. */
  services: Readonly<Record<string, number>>;
  /** The keys of the records that are in. */
  records: ReadonlySet<string>;
  /** 0 for a day that was not written yet. */
  version: number;
};

/** A calendar month, UTC: `YYYY-MM`. */
export type Period = string;

/** What a SIM used in a month, in all and by the services that it counts for, in bytes. */
export type SimMonth = { iccid: string; period: Period; bytes: number; services: Readonly<Record<string, number>> };

export type SimBytes = { iccid: string; bytes: number };

/** What counts for a service in a period, or a part of it: that of some of its SIMs. */
export type ServiceSum = {
  serviceId: string;
  period: Period;
  bytes: number;
  /** The SIMs that used the most, the greatest first. */
  top: readonly SimBytes[];
  version: number;
};

/** How many SIMs of a service are told by name. */
export const TOP_SIMS = 10;

/** A record that comes later than so many days after its time is not counted: what it repeats could be forgotten. */
export const LATEST_DAYS = 90;
/** By how much an operator's clock may be ahead of ours. */
const AHEAD_MS = 86_400_000;
const DAY_MS = 86_400_000;

/** Whether a record of this time can be counted: it is neither too old nor of the future. */
export function isTimely(at: string, now: Date): boolean {
  const age = now.getTime() - Date.parse(at);
  return age <= LATEST_DAYS * DAY_MS && age >= -AHEAD_MS;
}

export const dayOf = (at: string): CalendarDay => at.slice(0, 10);
export const periodOf = (at: string): Period => at.slice(0, 7);

/** The services that a record counts for. */
export function servicesOf({ partnerServiceId, customerServiceId }: HeldRecord): string[] {
  return customerServiceId === undefined ? [partnerServiceId] : [partnerServiceId, customerServiceId];
}

/** What is counted so far: of every SIM in question all days of the periods in question, and the sums of its services. */
export type Books = { days: readonly SimDay[]; sums: readonly ServiceSum[] };

/**
 * Counts records, each once, however often and in whatever order they come.
 *
 * @returns the days and sums that have changed; their versions are those of the books.
 */
export function countInto(books: Books, records: readonly HeldRecord[]): Books {
  const days = new Map(books.days.map((day) => [keyOfDay(day), day]));
  const sums = new Map(books.sums.map((sum) => [keyOfSum(sum), sum]));
  const changedDays = new Set<string>();
  const touched = new Map<string, Set<string>>();
  for (const record of records) {
    const period = periodOf(record.at);
    const key = keyOfDay({ iccid: record.iccid, day: dayOf(record.at) });
    const day = days.get(key) ?? emptyDay(record.iccid, dayOf(record.at));
    if (day.records.has(record.key)) {
      continue;
    }
    days.set(key, withRecord(day, record));
    changedDays.add(key);
    for (const serviceId of servicesOf(record)) {
      const keyOf = keyOfSum({ serviceId, period });
      const sum = sums.get(keyOf) ?? { serviceId, period, bytes: 0, top: [], version: 0 };
      sums.set(keyOf, { ...sum, bytes: sum.bytes + record.bytes });
      touched.set(keyOf, (touched.get(keyOf) ?? new Set()).add(record.iccid));
    }
  }
  const all = [...days.values()];
  return {
    days: [...changedDays].flatMap((key) => days.get(key) ?? []),
    sums: [...touched].flatMap(([key, iccids]) => {
      const sum = sums.get(key);
      return sum
        ? [
            {
              ...sum,
              top: topOf(
                sum.top,
                [...iccids].map((iccid) => usedBy(iccid, sum, all)),
              ),
            },
          ]
        : [];
    }),
  };
}

/** Without a separator that an id could have: ICCIDs and periods have a fixed form. */
const keyOfDay = ({ iccid, day }: Pick<SimDay, 'iccid' | 'day'>) => `${day} ${iccid}`;
const keyOfSum = ({ serviceId, period }: Pick<ServiceSum, 'serviceId' | 'period'>) => `${period} ${serviceId}`;

function emptyDay(iccid: string, day: CalendarDay): SimDay {
  return { iccid, day, networks: {}, services: {}, records: new Set(), version: 0 };
}

function withRecord(day: SimDay, record: HeldRecord): SimDay {
  const { network, bytes, at } = record;
  const hours = day.networks[network] ?? {};
  const hour = Number(at.slice(11, 13));
  const services = servicesOf(record).map((id) => [id, (day.services[id] ?? 0) + bytes]);
  return {
    ...day,
    networks: { ...day.networks, [network]: { ...hours, [hour]: (hours[hour] ?? 0) + bytes } },
    services: { ...day.services, ...Object.fromEntries(services) },
    records: new Set([...day.records, record.key]),
  };
}

/** What SIMs used by month; of days that are told more than once, the last counts. */
export function monthsOf(...days: readonly (readonly SimDay[])[]): SimMonth[] {
  const latest = new Map(days.flat().map((day) => [keyOfDay(day), day]));
  const months = new Map<string, SimMonth>();
  for (const { iccid, day, networks, services } of latest.values()) {
    const period = periodOf(day);
    const key = `${period} ${iccid}`;
    const before = months.get(key) ?? { iccid, period, bytes: 0, services: {} };
    const hours = Object.values(networks).flatMap((ofNetwork) => Object.values(ofNetwork));
    months.set(key, {
      ...before,
      bytes: hours.reduce((sum, bytes) => sum + bytes, before.bytes),
      services: addedTo(before.services, services),
    });
  }
  return [...months.values()];
}

function addedTo(sums: Readonly<Record<string, number>>, more: Readonly<Record<string, number>>) {
  const added = Object.entries(more).map(([id, bytes]) => [id, (sums[id] ?? 0) + bytes]);
  return { ...sums, ...Object.fromEntries(added) };
}

/** What a SIM used for a service in a period. */
function usedBy(iccid: string, { serviceId, period }: ServiceSum, days: readonly SimDay[]): SimBytes {
  const ofSim = days.filter((day) => day.iccid === iccid && periodOf(day.day) === period);
  return { iccid, bytes: ofSim.reduce((sum, { services }) => sum + (services[serviceId] ?? 0), 0) };
}

/** The SIMs that used the most, of some lists in which a SIM that stands in several is the latest. */
export function topOf(...lists: readonly (readonly SimBytes[])[]): SimBytes[] {
  const bytesOf = new Map(lists.flat().map(({ iccid, bytes }) => [iccid, bytes]));
  return [...bytesOf]
    .map(([iccid, bytes]) => ({ iccid, bytes }))
    .sort((one, other) => other.bytes - one.bytes || (one.iccid < other.iccid ? -1 : 1))
    .slice(0, TOP_SIMS);
}

export const granularities = ['hour', 'day', 'month'] as const;
export type Granularity = (typeof granularities)[number];

/** What was used in one network in the hour, day or month that begins `at`. */
export type UsagePoint = { at: string; bytes: number; network: string };

/**
 * What a SIM used, by time and network, in the order of both; what is zero is left out.
 *
 * @param counts whether the hour that begins at a moment is asked for.
 */
export function pointsOf(
  days: readonly SimDay[],
  granularity: Granularity,
  counts: (hourBegins: string) => boolean,
): { totalBytes: number; points: UsagePoint[] } {
  const points = new Map<string, UsagePoint>();
  let totalBytes = 0;
  for (const { day, networks } of days) {
    for (const [network, hours] of Object.entries(networks)) {
      for (const [hour, bytes] of Object.entries(hours)) {
        const begins = hourOf(day, Number(hour));
        if (bytes === 0 || !counts(begins)) {
          continue;
        }
        const at = beginOf(begins, granularity);
        const before = points.get(`${at} ${network}`);
        points.set(`${at} ${network}`, { at, bytes: (before?.bytes ?? 0) + bytes, network });
        totalBytes += bytes;
      }
    }
  }
  const sorted = [...points].sort(([one], [other]) => (one < other ? -1 : 1));
  return { totalBytes, points: sorted.map(([, point]) => point) };
}

const hourOf = (day: CalendarDay, hour: number) => `${day}T${String(hour).padStart(2, '0')}:00:00.000Z`;

/** When the hour, day or month begins in which a moment lies. */
export function beginOf(at: string, granularity: Granularity): string {
  switch (granularity) {
    case 'hour':
      return hourOf(dayOf(at), Number(at.slice(11, 13)));
    case 'day':
      return hourOf(dayOf(at), 0);
    case 'month':
      return hourOf(`${periodOf(at)}-01`, 0);
  }
}
