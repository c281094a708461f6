import { createHash } from 'node:crypto';
import type { Period, ServiceSum, SimBytes, SimDay } from '../../domain/usage.ts';
import { absent, atVersion, getMany, put, query, queryAll, transact, type Write, write } from './items.ts';
import { serviceSumKey, simDayKey, simUsage, usageCursorKey, usageCursors } from './keys.ts';
import { USAGE_SHARDS } from './table.ts';

/**
 * A SIM's day as it is kept, in less than half of the bytes that maps would take: by network `<hour>:<bytes>`, with blanks
 * between them; the keys of the records that are in, one after the other.
 */
type KeptDay = {
  iccid: string;
  day: string;
  networks: Record<string, string>;
  services: Record<string, number>;
  records: string;
  version: number;
  /** Seconds since 1970, real time: DynamoDB removes the item some time after. */
  expiresAt: number;
};

type KeptSum = { serviceId: string; period: Period; bytes: number; top: Record<string, number>; version: number };

/** How long a SIM's day is kept after its last record, in days: months and days are summed from it. */
export const DAYS_KEPT = 400;
const SECONDS_PER_DAY = 86_400;

/** When what is written now may be removed, in seconds since 1970, real time. */
export const usageExpiresAt = () => Math.floor(Date.now() / 1000) + DAYS_KEPT * SECONDS_PER_DAY;

/** 48 bits: that two of the records of a SIM's day have the same key is not to be expected in a thousand million years. */
const KEY_LENGTH = 8;

/** What tells a record from all others of its SIM and day. */
export function recordKeyOf(recordId: string): string {
  return createHash('sha256').update(recordId).digest('base64url').slice(0, KEY_LENGTH);
}

/** The days of a SIM on which something was used, from one to another (`YYYY-MM-DD`, both included), oldest first. */
export async function simDays(partnerId: string, iccid: string, from: string, upTo: string): Promise<SimDay[]> {
  const kept = await queryAll<KeptDay>({ partition: simUsage(partnerId, iccid), from, upTo });
  return kept.map(readDay);
}

function readDay({ networks, records, expiresAt: _, ...day }: KeptDay): SimDay {
  const hoursOf = (text: string) => Object.fromEntries(text.split(' ').map((hour) => hour.split(':').map(Number)));
  return {
    ...day,
    networks: Object.fromEntries(Object.entries(networks).map(([network, hours]) => [network, hoursOf(hours)])),
    records: new Set(records.match(/.{8}/g) ?? []),
  };
}

function putDay(partnerId: string, { networks, records, ...day }: SimDay): Write {
  const textOf = (hours: Readonly<Record<number, number>>) =>
    Object.entries(hours)
      .map(([hour, bytes]) => `${hour}:${bytes}`)
      .join(' ');
  const kept: KeptDay = {
    ...day,
    networks: Object.fromEntries(Object.entries(networks).map(([network, hours]) => [network, textOf(hours)])),
    records: [...records].join(''),
    version: day.version + 1,
    expiresAt: usageExpiresAt(),
  };
  return put({ ...kept, ...simDayKey(partnerId, day.iccid, day.day) }, unchangedSince(day.version));
}

const unchangedSince = (version: number) => (version === 0 ? absent : atVersion(version));

/** What counts for services in a period so far, of the SIMs of one shard. */
export async function sumsInShard(
  partnerId: string,
  services: readonly { serviceId: string; period: Period }[],
  shard: number,
): Promise<ServiceSum[]> {
  const keys = services.map(({ serviceId, period }) => serviceSumKey(partnerId, serviceId, period, shard));
  return (await getMany<KeptSum>(keys)).map(readSum);
}

/** What counts for a service in a period so far, in parts: each SIM is in one of them. */
export async function sumsOfService(partnerId: string, serviceId: string, period: Period): Promise<ServiceSum[]> {
  const shards = Array.from({ length: USAGE_SHARDS }, (_, shard) => shard);
  const kept = await getMany<KeptSum>(shards.map((shard) => serviceSumKey(partnerId, serviceId, period, shard)));
  return kept.map(readSum);
}

function readSum({ top, ...sum }: KeptSum): ServiceSum {
  return { ...sum, top: Object.entries(top).map(([iccid, bytes]): SimBytes => ({ iccid, bytes })) };
}

function putSum(partnerId: string, shard: number, { top, ...sum }: ServiceSum): Write {
  const kept: KeptSum = {
    ...sum,
    top: Object.fromEntries(top.map(({ iccid, bytes }) => [iccid, bytes])),
    version: sum.version + 1,
  };
  const key = serviceSumKey(partnerId, sum.serviceId, sum.period, shard);
  return put({ ...kept, ...key }, unchangedSince(sum.version));
}

/** How many days and sums together one call of `writeUsage` takes. */
export const MOST_WRITES = 100;

/**
 * Writes SIMs' days and what they add to their services, all or none.
 *
 * @throws ConditionFailed when one of them is no longer as it was read.
 */
export async function writeUsage(
  partnerId: string,
  shard: number,
  { days, sums }: { days: readonly SimDay[]; sums: readonly ServiceSum[] },
): Promise<void> {
  await transact([...days.map((day) => putDay(partnerId, day)), ...sums.map((sum) => putSum(partnerId, shard, sum))]);
}

/** Up to where each operator's usage is in, by operator. */
export async function readUsageCursors(): Promise<Map<string, string>> {
  const { items } = await query<{ operatorId: string; cursor: string }>({ partition: usageCursors }, 1000);
  return new Map(items.map(({ operatorId, cursor }) => [operatorId, cursor]));
}

/** Keeps up to where an operator's usage is in; an older one that overtakes it only lets records come again. */
export async function keepUsageCursor(operatorId: string, cursor: string): Promise<void> {
  await write(put({ operatorId, cursor, ...usageCursorKey(operatorId) }));
}
