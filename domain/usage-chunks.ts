import { chunksThatFit } from './chunks.ts';
import type { ServiceId } from './ids.ts';
import { dayOf, type HeldRecord, type Period, periodOf, servicesOf } from './usage.ts';

/** The records of one SIM and day, which are stored with one write. */
export type DayRecords<Held extends HeldRecord> = { iccid: string; period: Period; records: readonly Held[] };

/** Groups records by SIM and day. SIMs of the same services are neighbours, so that a chunk adds to few sums. */
export function groupByDay<Held extends HeldRecord>(records: readonly Held[]): DayRecords<Held>[] {
  const byDay = Map.groupBy(records, ({ iccid, at }) => `${iccid} ${dayOf(at)}`);
  const days = [...byDay.values()].flatMap((ofDay): DayRecords<Held>[] =>
    ofDay[0] ? [{ iccid: ofDay[0].iccid, period: periodOf(ofDay[0].at), records: ofDay }] : [],
  );
  const servicesOfDay = ({ records: [first] }: DayRecords<Held>) =>
    `${first?.customerServiceId} ${first?.partnerServiceId}`;
  return days.sort((a, b) => (servicesOfDay(a) < servicesOfDay(b) ? -1 : 1));
}

/** Divides days into chunks. Each takes at most `maxWrites` writes, including those of the sums that its records add to. */
export function chunkDays<Held extends HeldRecord>(
  days: readonly DayRecords<Held>[],
  maxWrites: number,
): DayRecords<Held>[][] {
  return chunksThatFit(days, sumKeysOf, (chunkDays, sums) => chunkDays + sums <= maxWrites);
}

/** The sums that the records of a chunk add to, each once. */
export function sumsOfChunk(chunk: readonly DayRecords<HeldRecord>[]): { serviceId: ServiceId; period: Period }[] {
  return [...new Map(chunk.flatMap(sumsOf)).values()];
}

/** The sums that the records of a day add to, by key. */
const sumsOf = ({ records, period }: DayRecords<HeldRecord>) =>
  records.flatMap(servicesOf).map((serviceId) => [`${period} ${serviceId}`, { serviceId, period }] as const);

const sumKeysOf = (day: DayRecords<HeldRecord>) => sumsOf(day).map(([key]) => key);

/** The two halves of a chunk: of its days, or of the records of its only day. A single record has no halves. */
export function halve<Held extends HeldRecord>(chunk: readonly DayRecords<Held>[]): DayRecords<Held>[][] {
  const [first, ...others] = chunk;
  if (first === undefined || (others.length === 0 && first.records.length < 2)) {
    return [];
  }
  if (others.length === 0) {
    const middle = Math.ceil(first.records.length / 2);
    return [
      [{ ...first, records: first.records.slice(0, middle) }],
      [{ ...first, records: first.records.slice(middle) }],
    ];
  }
  const middle = Math.ceil(chunk.length / 2);
  return [chunk.slice(0, middle), chunk.slice(middle)];
}
