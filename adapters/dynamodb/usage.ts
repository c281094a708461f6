import { createHash } from 'node:crypto';
import type { Period, ServiceSum, SimBytes, SimDay } from '../../domain/usage.ts';
import { absent, atVersion, getMany, put, query, queryAll, transact, update, type Write, write } from './items.ts';
import { serviceSumKey, simDayKey, simUsage, usageCursorKey, usageCursors } from './keys.ts';
import { USAGE_SHARDS } from './table.ts';

/**
 * A part of a SIM's day as it is stored, in less than half of the bytes that maps would take: by network `<hour>:<bytes>`,
 * with blanks between them; the keys of the records that are in, one after the other, and in the same order their contents.
 */
type StoredDay = {
  iccid: string;
  day: string;
  /** Absent in the first part. */
  part?: number;
  networks: Record<string, string>;
  services: Record<string, number>;
  records: string;
  /** Shorter than `records` where a release that did not keep contents has written. */
  contents?: string;
  version: number;
  /** Seconds since 1970, real time: DynamoDB removes the item some time after. */
  expiresAt: number;
};

type StoredSum = { serviceId: string; period: Period; bytes: number; top: Record<string, number>; version: number };

/** How long a SIM's day is kept after its last record, in days: months and days are summed from it. */
export const USAGE_RETENTION_DAYS = 400;
const SECONDS_PER_DAY = 86_400;

/** When what is written now may be removed, in seconds since 1970, real time. */
export const usageExpiresAt = () => Math.floor(Date.now() / 1000) + USAGE_RETENTION_DAYS * SECONDS_PER_DAY;

/** 48 bits: in a SIM with 10,000 records, two of them have the same key in one of six million SIMs. */
const KEY_LENGTH = 8;
/** 24 bits: of 16 million records that contradict an earlier one, one is taken for its repetition. */
const CONTENT_LENGTH = 4;
/** Stands for a content that was not kept; hashes have no such character. */
const NO_CONTENT = '?'.repeat(CONTENT_LENGTH);

/** Identifies a record among all records of its SIM. */
export function recordKeyOf(recordId: string): string {
  return hashOf(recordId).slice(0, KEY_LENGTH);
}

/** A short hash of what a record says, but for its time. */
export function recordContentOf({ bytes, network }: { bytes: number; network: string }): string {
  return hashOf(`${bytes} ${network}`).slice(0, CONTENT_LENGTH);
}

const hashOf = (text: string) => createHash('sha256').update(text).digest('base64url');

/** The days of a SIM on which something was used, from one to another (`YYYY-MM-DD`, both included), oldest first. */
export async function simDays(partnerId: string, iccid: string, from: string, upTo: string): Promise<SimDay[]> {
  const { sk } = simDayKey(partnerId, iccid, upTo, MAX_PARTS);
  const kept = await queryAll<StoredDay>({ partition: simUsage(partnerId, iccid), from, upTo: sk });
  return kept.map(readDay);
}

/** More parts than a day can have: 900,000 records are more than the operator's cursor brings in a day. */
const MAX_PARTS = 999;

function readDay({ part = 0, networks, services, records, contents = '', expiresAt: _, ...day }: StoredDay): SimDay {
  const hoursOf = (text: string) =>
    new Map(
      text.split(' ').map((hour): [number, number] => {
        const [place, bytes] = hour.split(':');
        return [Number(place), Number(bytes)];
      }),
    );
  const keys = piecesOf(records, KEY_LENGTH);
  const known = piecesOf(contents, CONTENT_LENGTH).map((content) => (content === NO_CONTENT ? undefined : content));
  return {
    ...day,
    part,
    networks: new Map(Object.entries(networks).map(([network, hours]) => [network, hoursOf(hours)])),
    services: new Map(Object.entries(services)),
    records: new Map(keys.map((key, place) => [key, known[place]])),
  };
}

function piecesOf(text: string, length: number): string[] {
  return Array.from({ length: Math.ceil(text.length / length) }, (_, place) =>
    text.slice(place * length, (place + 1) * length),
  );
}

function putDay(partnerId: string, { part, networks, services, records, ...day }: SimDay): Write {
  const textOf = (hours: ReadonlyMap<number, number>) =>
    [...hours]
      .sort(([one], [other]) => one - other)
      .map(([hour, bytes]) => `${hour}:${bytes}`)
      .join(' ');
  const kept: StoredDay = {
    ...day,
    ...(part === 0 ? {} : { part }),
    networks: Object.fromEntries([...networks].map(([network, hours]) => [network, textOf(hours)])),
    services: Object.fromEntries(services),
    records: [...records.keys()].join(''),
    contents: [...records.values()].map((content) => content ?? NO_CONTENT).join(''),
    version: day.version + 1,
    expiresAt: usageExpiresAt(),
  };
  return put({ ...kept, ...simDayKey(partnerId, day.iccid, day.day, part) }, unchangedSince(day.version));
}

const unchangedSince = (version: number) => (version === 0 ? absent : atVersion(version));

/** What counts for services in a period so far, of the SIMs of one shard. */
export async function sumsInShard(
  partnerId: string,
  services: readonly { serviceId: string; period: Period }[],
  shard: number,
): Promise<ServiceSum[]> {
  const keys = services.map(({ serviceId, period }) => serviceSumKey(partnerId, serviceId, period, shard));
  return (await getMany<StoredSum>(keys)).map(readSum);
}

/** What counts for a service in a period so far, in parts: each SIM is in one of them. */
export async function sumsOfService(partnerId: string, serviceId: string, period: Period): Promise<ServiceSum[]> {
  const shards = Array.from({ length: USAGE_SHARDS }, (_, shard) => shard);
  const kept = await getMany<StoredSum>(shards.map((shard) => serviceSumKey(partnerId, serviceId, period, shard)));
  return kept.map(readSum);
}

function readSum({ top, ...sum }: StoredSum): ServiceSum {
  return { ...sum, top: Object.entries(top).map(([iccid, bytes]): SimBytes => ({ iccid, bytes })) };
}

function putSum(partnerId: string, shard: number, { top, ...sum }: ServiceSum): Write {
  const kept: StoredSum = {
    ...sum,
    top: Object.fromEntries(top.map(({ iccid, bytes }) => [iccid, bytes])),
    version: sum.version + 1,
  };
  const key = serviceSumKey(partnerId, sum.serviceId, sum.period, shard);
  return put({ ...kept, ...key }, unchangedSince(sum.version));
}

/** How many days and sums together one call of `writeUsage` takes. */
export const MAX_USAGE_WRITES = 100;

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

/** How far an operator's usage is in, and how many runs in a row have failed to get beyond. */
export type UsageProgress = { operatorId: string; cursor?: string; failures?: number };

/** How far each operator's usage is in, by operator. */
export async function readUsageProgress(): Promise<Map<string, UsageProgress>> {
  const { items } = await query<UsageProgress>({ partition: usageCursors }, 1000);
  return new Map(items.map((progress) => [progress.operatorId, progress]));
}

/** Stores how far an operator's usage is in; an older one that overtakes it only lets records come again. */
export async function saveUsageCursor(operatorId: string, cursor: string): Promise<void> {
  await write(put({ operatorId, cursor, ...usageCursorKey(operatorId) }));
}

/** Stores that a run has failed to get beyond the cursor. */
export async function countUsageFailure(operatorId: string): Promise<void> {
  await write(update(usageCursorKey(operatorId), { set: { operatorId }, add: { failures: 1 } }));
}
