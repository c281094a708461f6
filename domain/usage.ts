import { addBytes, sumBytes } from './bytes.ts';
import type { CalendarDay } from './calendar-day.ts';
import type { CustomerServiceId, OperatorId, PartnerServiceId, ServiceId } from './ids.ts';
import { DAY_MS } from './time-units.ts';

/** The services that held a SIM at a time. */
export type Holder = {
  partnerServiceId: PartnerServiceId;
  /** Absent when the SIM had no customer. */
  customerServiceId?: CustomerServiceId | undefined;
};

/** The part of a day's usage that counts for the services that held the SIM. */
export type HolderShare = Holder & { bytes: number };

/** A usage record with the services that held its SIM at its time. */
export type HeldRecord = Holder & {
  /** Identifies the record among all records of its SIM. */
  key: string;
  /** A short hash of the record's content. A repeated record with another content conflicts with the first. */
  content: string;
  iccid: string;
  operatorId: OperatorId;
  /** RFC 3339, UTC, with milliseconds. */
  at: string;
  network: string;
  bytes: number;
};

/**
 * The usage of a SIM on a day (UTC), in bytes: the sums of the counted records, or the latest total. A day with very many records
 * or networks has several parts, which add up.
 */
export type SimDay = {
  iccid: string;
  day: CalendarDay;
  /** 0 for the first part of a day. */
  part: number;
  /** By network, then by hour of the day. */
  networks: ReadonlyMap<string, ReadonlyMap<number, number>>;
  /** By service. A record counts for one partner service, and for at most one customer service. */
  services: ReadonlyMap<ServiceId, number>;
  /** The content of each counted record, by its key; `undefined` where an earlier release did not store it. */
  records: ReadonlyMap<string, string | undefined>;
  /**
   * Set in the first part when the operator reported a total, which includes everything else that is known of the day: when it was
   * asked, and the shares of the services, oldest first.
   */
  totals?: { askedAt: string; shares: readonly HolderShare[] };
  /** 0 for a part that is not stored yet. */
  version: number;
};

/** A calendar month, UTC: `YYYY-MM`. */
export type Period = string;

/** The usage of a SIM in a month, in bytes: in total, and by service. */
export type SimMonth = { iccid: string; period: Period; bytes: number; services: ReadonlyMap<ServiceId, number> };

export type SimBytes = { iccid: string; bytes: number };

/** The usage of a service in a period, or the part of it that some of its SIMs used. */
export type ServiceSum = {
  serviceId: ServiceId;
  period: Period;
  bytes: number;
  /** The SIMs with the highest usage, highest first. */
  top: readonly SimBytes[];
  /** The operators whose SIMs have usage in it. Absent if an earlier release began the sum. */
  operators?: readonly OperatorId[];
  version: number;
};

/** Why a usage record is not counted. */
export type UsageRejection =
  /** No partner has the SIM. */
  | 'ownerless'
  /** The record is too old, or dated in the future. */
  | 'untimely'
  /** The SIM belongs to another operator. */
  | 'otherOperator'
  /** The SIM has a record of the same id with other bytes or another network. */
  | 'conflicting'
  /** The operator has reported the total of the SIM's day, which includes the record. */
  | 'superseded'
  /** Counting failed: the record is dead-lettered. */
  | 'setAside';

/** How long the usage of a SIM's day is stored after its last record, in days. Months are summed from days. */
export const USAGE_RETENTION_DAYS = 400;

/** The maximum number of SIMs of a service that are listed with their usage. */
export const TOP_SIMS = 10;

/**
 * The bounds of a part of a SIM's day. Records beyond them begin the next part. They keep an item under 40 KB, and a
 * transaction of 100 of them under DynamoDB's 4 MB.
 */
export const MAX_RECORDS_PER_DAY_PART = 1000;
export const MAX_NETWORKS_PER_DAY_PART = 40;
export const MAX_SERVICES_PER_DAY_PART = 40;

/** Records that arrive later than this after their time are not counted: the record that they repeat may have expired. */
export const MAX_RECORD_AGE_DAYS = 90;
/** How far the clock of an operator may be ahead. */
const MAX_CLOCK_LEAD_MS = 86_400_000;

/** The maximum number of days by which the time of a repeated record may differ from the first one's for it to be recognised. */
export const MAX_DAYS_BETWEEN_REPEATS = 31;

/** Whether a record of this time can be counted: it is neither too old nor in the future. */
export function isTimely(at: string, now: Date): boolean {
  const age = now.getTime() - Date.parse(at);
  return age <= MAX_RECORD_AGE_DAYS * DAY_MS && age >= -MAX_CLOCK_LEAD_MS;
}

/**
 * The moment for which a record counts. The data was used before the time of the record, so a record dated exactly at the
 * start of a month counts for the last millisecond of the previous month.
 *
 * @param at RFC 3339, UTC, with milliseconds.
 */
export function countedAt(at: string): string {
  return at.endsWith('-01T00:00:00.000Z') ? new Date(Date.parse(at) - 1).toISOString() : at;
}

/**
 * The days of a SIM to read before counting its records: all days on which one of the records may have been counted already
 * with another time. 31 days to either side include the months of the records, whose totals rank the SIM in its services.
 */
export function daysToRead(records: readonly Pick<HeldRecord, 'at'>[]): { from: CalendarDay; upTo: CalendarDay } {
  const days = records.map(({ at }) => dayOf(at)).sort();
  const shifted = (day: CalendarDay = '', by: number) => dayOf(new Date(Date.parse(day) + by * DAY_MS).toISOString());
  return { from: shifted(days[0], -MAX_DAYS_BETWEEN_REPEATS), upTo: shifted(days.at(-1), MAX_DAYS_BETWEEN_REPEATS) };
}

export const dayOf = (at: string): CalendarDay => at.slice(0, 10);
export const periodOf = (at: string): Period => at.slice(0, 7);

/** The period before a period. */
export const periodBefore = (period: Period): Period =>
  periodOf(new Date(Date.parse(`${period}-01T00:00:00Z`) - 1).toISOString());

/** The services that usage counts for. */
export function servicesOf({ partnerServiceId, customerServiceId }: Holder): ServiceId[] {
  return customerServiceId === undefined ? [partnerServiceId] : [partnerServiceId, customerServiceId];
}

/** The usage counted so far: the days of `daysToRead` of each SIM, and the sums of its services. */
export type Books = { days: readonly SimDay[]; sums: readonly ServiceSum[] };

/** The days and sums that counting changes, and the records that were not counted, with the reason. */
export type Counting = Books & { notCounted: ReadonlyMap<HeldRecord, 'conflicting' | 'superseded'> };

/**
 * Counts records. Each counts once, regardless of repetition and order. The effort grows with the number of records plus days,
 * not with their product.
 *
 * @returns the changed days and sums, with the versions that they have in the books.
 */
export function countInto(books: Books, records: readonly HeldRecord[]): Counting {
  const ledgers = ledgersOf(books.days);
  const sums = new Map(books.sums.map((sum) => [keyOfSum(sum), sum]));
  const touched = new Map<string, Set<string>>();
  const notCounted = new Map<HeldRecord, 'conflicting' | 'superseded'>();
  for (const record of records) {
    const ledger = ledgers.get(record.iccid) ?? new SimLedger(record.iccid, []);
    ledgers.set(record.iccid, ledger);
    const outcome = ledger.add(record);
    if (outcome === 'conflicting' || outcome === 'superseded') {
      notCounted.set(record, outcome);
    }
    if (outcome !== 'added') {
      continue;
    }
    const period = periodOf(record.at);
    for (const serviceId of servicesOf(record)) {
      const key = keyOfSum({ serviceId, period });
      const sum = sums.get(key) ?? emptySum(serviceId, period);
      const bytes = addBytes(sum.bytes, record.bytes);
      sums.set(key, { ...sum, bytes, ...operatorsWith(sum, [record.operatorId]) });
      touched.set(key, (touched.get(key) ?? new Set()).add(record.iccid));
    }
  }
  return {
    days: [...ledgers.values()].flatMap((ledger) => ledger.changed()),
    sums: [...touched].flatMap(([key, iccids]) => {
      const sum = sums.get(key);
      const used = (iccid: string) => ({ iccid, bytes: (sum && ledgers.get(iccid)?.usedFor(sum)) ?? 0 });
      return sum ? [{ ...sum, top: topOf(sum.top, [...iccids].map(used)) }] : [];
    }),
    notCounted,
  };
}

/** The sum of a service in a period for which nothing is counted yet. */
export function emptySum(serviceId: ServiceId, period: Period): ServiceSum {
  return { serviceId, period, bytes: 0, top: [], operators: [], version: 0 };
}

/** The operators of a sum, with others. An earlier release's sum does not have all, so it gets none. */
export function operatorsWith({ operators }: ServiceSum, added: readonly OperatorId[]): Pick<ServiceSum, 'operators'> {
  const isComplete = operators === undefined || added.every((id) => operators.includes(id));
  return isComplete ? {} : { operators: [...new Set([...operators, ...added])].sort() };
}

/** Unambiguous: a period has a fixed length and contains no space. */
export const keyOfSum = ({ serviceId, period }: Pick<ServiceSum, 'serviceId' | 'period'>) => `${period} ${serviceId}`;

function ledgersOf(days: readonly SimDay[]): Map<string, SimLedger> {
  const bySim = Map.groupBy(days, ({ iccid }) => iccid);
  return new Map([...bySim].map(([iccid, ofSim]) => [iccid, new SimLedger(iccid, ofSim)]));
}

/** A part of a day while records are added to it. */
type OpenPart = Omit<SimDay, 'networks' | 'services' | 'records'> & {
  networks: Map<string, Map<number, number>>;
  services: Map<ServiceId, number>;
  records: Map<string, string | undefined>;
};

/** The days of one SIM while records are added to them. */
class SimLedger {
  readonly #iccid: string;
  readonly #records = new Map<string, string | undefined>();
  /** The parts of each day, in order. */
  readonly #days: Map<CalendarDay, SimDay[]>;
  readonly #open = new Map<string, OpenPart>();

  constructor(iccid: string, days: readonly SimDay[]) {
    this.#iccid = iccid;
    const inOrder = [...days].sort((a, b) => a.part - b.part);
    this.#days = Map.groupBy(inOrder, ({ day }) => day);
    for (const { records } of days) {
      for (const [key, content] of records) {
        this.#records.set(key, content);
      }
    }
  }

  add(record: HeldRecord): 'added' | 'repeated' | 'conflicting' | 'superseded' {
    const { key, content } = record;
    if (this.#records.has(key)) {
      const known = this.#records.get(key);
      return known === undefined || known === content ? 'repeated' : 'conflicting';
    }
    if (this.#days.get(dayOf(record.at))?.[0]?.totals !== undefined) {
      return 'superseded';
    }
    this.#records.set(key, content);
    addTo(this.#partFor(record), record);
    return 'added';
  }

  changed(): SimDay[] {
    return [...this.#open.values()];
  }

  usedFor({ serviceId, period }: Pick<ServiceSum, 'serviceId' | 'period'>): number {
    const days = [...this.#days].filter(([day]) => periodOf(day) === period).flatMap(([, parts]) => parts);
    return sumBytes(days.map(({ services }) => services.get(serviceId) ?? 0));
  }

  /** The last part of the record's day, or a new part if the last one is full. */
  #partFor(record: HeldRecord): OpenPart {
    const day = dayOf(record.at);
    const parts = this.#days.get(day) ?? [];
    const last = parts.at(-1);
    const isNew = last === undefined || isFullFor(last, record);
    const number = isNew ? (last?.part ?? -1) + 1 : last.part;
    const name = `${day} ${number}`;
    const open = this.#open.get(name) ?? toOpenPart(isNew ? emptyPart(this.#iccid, day, number) : last);
    this.#open.set(name, open);
    this.#days.set(day, isNew ? [...parts, open] : parts.with(-1, open));
    return open;
  }
}

/** A part of a day for which nothing is counted yet. */
export function emptyPart(iccid: string, day: CalendarDay, part: number): SimDay {
  return { iccid, day, part, networks: new Map(), services: new Map(), records: new Map(), version: 0 };
}

function toOpenPart(part: SimDay): OpenPart {
  return {
    ...part,
    networks: new Map([...part.networks].map(([network, hours]) => [network, new Map(hours)])),
    services: new Map(part.services),
    records: new Map(part.records),
  };
}

function isFullFor({ records, networks, services }: SimDay, record: HeldRecord): boolean {
  const more = servicesOf(record).filter((id) => !services.has(id)).length;
  return (
    records.size >= MAX_RECORDS_PER_DAY_PART ||
    (networks.size >= MAX_NETWORKS_PER_DAY_PART && !networks.has(record.network)) ||
    (more > 0 && services.size + more > MAX_SERVICES_PER_DAY_PART)
  );
}

function addTo({ networks, services, records }: OpenPart, record: HeldRecord): void {
  const { network, bytes, at, key, content } = record;
  const hours = networks.get(network) ?? new Map<number, number>();
  const hour = Number(at.slice(11, 13));
  networks.set(network, hours.set(hour, addBytes(hours.get(hour) ?? 0, bytes)));
  for (const id of servicesOf(record)) {
    services.set(id, addBytes(services.get(id) ?? 0, bytes));
  }
  records.set(key, content);
}

/** The usage of SIMs by month. If a part of a day occurs more than once, the last one counts. */
export function monthsOf(...days: readonly (readonly SimDay[])[]): SimMonth[] {
  const latest = new Map(days.flat().map((day) => [`${day.day} ${day.part} ${day.iccid}`, day]));
  const months = new Map<string, { iccid: string; period: Period; bytes: number; services: Map<ServiceId, number> }>();
  for (const { iccid, day, networks, services } of latest.values()) {
    const period = periodOf(day);
    const key = `${period} ${iccid}`;
    const month = months.get(key) ?? { iccid, period, bytes: 0, services: new Map() };
    months.set(key, month);
    for (const hours of networks.values()) {
      month.bytes = addBytes(month.bytes, sumBytes(hours.values()));
    }
    for (const [id, bytes] of services) {
      month.services.set(id, addBytes(month.services.get(id) ?? 0, bytes));
    }
  }
  return [...months.values()];
}

/** The SIMs with the highest usage. A SIM that occurs in several lists has the usage of the last one. */
export function topOf(...lists: readonly (readonly SimBytes[])[]): SimBytes[] {
  const bytesOf = new Map(lists.flat().map(({ iccid, bytes }) => [iccid, bytes]));
  return [...bytesOf]
    .map(([iccid, bytes]) => ({ iccid, bytes }))
    .sort((a, b) => b.bytes - a.bytes || (a.iccid < b.iccid ? -1 : 1))
    .slice(0, TOP_SIMS);
}
