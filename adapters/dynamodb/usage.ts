import { createHash } from 'node:crypto';
import { asId, asServiceId, isPartnerServiceId, type PartnerId, type ServiceId } from '../../domain/ids.ts';
import { MAX_TOTALS_DAYS } from '../../domain/operator-port.ts';
import {
  type HolderShare,
  type Period,
  type ServiceSum,
  type SimBytes,
  type SimDay,
  USAGE_RETENTION_DAYS,
} from '../../domain/usage.ts';
import { absent, atVersion } from './conditions.ts';
import { itemKinds } from './item-kinds.ts';
import { shardOf, simDayKey } from './keys.ts';
import { queryAll } from './queries.ts';
import { getMany } from './reads.ts';
import { USAGE_SHARDS } from './table.ts';
import { put, type Write } from './write-requests.ts';
import { transact } from './writes.ts';

/** The shard of its services' sums that counts a SIM's usage. */
export const usageShardOf = (iccid: string): number => shardOf(iccid) % USAGE_SHARDS;

/**
 * A stored part of a SIM's day, in less than half of the bytes that maps take: for each network `<hour>:<bytes>`, separated
 * by blanks; the concatenated keys of the counted records, and in the same order their contents.
 */
type StoredDay = {
  iccid: string;
  day: string;
  /** Absent in the first part. */
  part?: number;
  networks: Record<string, string>;
  services: Record<string, number>;
  records: string;
  /** Shorter than `records` if a release that did not store contents wrote a part of it. */
  contents?: string;
  /** When the operator was asked for the day's total; absent on a day that is counted from records. */
  askedAt?: string;
  /** `<partner service>,<customer service or nothing>:<bytes>`, separated by blanks. Absent when `services` shows it: one share. */
  shares?: string;
  version: number;
  /** In seconds since 1970, real time. DynamoDB removes the item some time later. */
  expiresAt: number;
};

type StoredSum = Omit<ServiceSum, 'top'> & { top: Record<string, number> };

const SECONDS_PER_DAY = 86_400;

/** When usage that is written now expires, in seconds since 1970, real time. */
export const usageExpiresAt = (days = USAGE_RETENTION_DAYS) => Math.floor(Date.now() / 1000) + days * SECONDS_PER_DAY;

/** How long a day without usage is stored, in days: while its total may still be asked for. */
const UNUSED_RETENTION_DAYS = MAX_TOTALS_DAYS + 1;

/** 48 bits: of six million SIMs with 10,000 records each, one has two records with the same key. */
const KEY_LENGTH = 8;
/** 24 bits: of 16 million conflicting records, one is mistaken for a repetition. */
const CONTENT_LENGTH = 4;
/** Stands for a content that was not stored. Hashes have no such character. */
const NO_CONTENT = '?'.repeat(CONTENT_LENGTH);

/** Identifies a record among all records of its SIM. */
export function recordKeyOf(recordId: string): string {
  return hashOf(recordId).slice(0, KEY_LENGTH);
}

/** A short hash of a record's content, without its time. */
export function recordContentOf({ bytes, network }: { bytes: number; network: string }): string {
  return hashOf(`${bytes} ${network}`).slice(0, CONTENT_LENGTH);
}

const hashOf = (text: string) => createHash('sha256').update(text).digest('base64url');

/** The days of a SIM with usage in a range (`YYYY-MM-DD`, both included), oldest first. */
export async function simDays(partnerId: PartnerId, iccid: string, from: string, upTo: string): Promise<SimDay[]> {
  const { sk } = simDayKey(partnerId, iccid, upTo, MAX_PARTS);
  const stored = await queryAll<StoredDay>({ ...itemKinds.simDay.range({ partnerId, iccid }), from, upTo: sk });
  return stored.map(toDay);
}

/** More parts than a day can have: 900,000 records are more than the operator's cursor brings in a day. */
const MAX_PARTS = 999;

function toDay({
  part = 0,
  networks,
  services,
  records,
  contents = '',
  askedAt,
  shares,
  expiresAt: _,
  ...day
}: StoredDay): SimDay {
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
    services: new Map(Object.entries(services).map(([id, bytes]) => [asServiceId(id), bytes])),
    records: new Map(keys.map((key, place) => [key, known[place]])),
    ...(askedAt === undefined ? {} : { totals: { askedAt, shares: sharesOf(shares, services) } }),
  };
}

/** The shares of a day. Without a text it has one share at most, of its services. */
function sharesOf(text: string | undefined, services: StoredDay['services']): HolderShare[] {
  if (text !== undefined) {
    return text.split(' ').map((share) => {
      const [, partnerService = '', customerService = '', bytes] = /^(.*),(.*):(\d+)$/.exec(share) ?? [];
      return shareOf(partnerService, customerService, Number(bytes));
    });
  }
  const [customerService = ''] = Object.keys(services).filter((id) => !isPartnerServiceId(asServiceId(id)));
  return Object.entries(services).flatMap(([id, bytes]) =>
    id === customerService ? [] : [shareOf(id, customerService, bytes)],
  );
}

const shareOf = (partnerService: string, customerService: string, bytes: number): HolderShare => ({
  partnerServiceId: asId('partnerService', partnerService),
  ...(customerService === '' ? {} : { customerServiceId: asId('customerService', customerService) }),
  bytes,
});

/** The text of several shares. A single share, or none, follows from the services. */
function textOfShares(shares: readonly HolderShare[]): string | undefined {
  return shares.length < 2
    ? undefined
    : shares
        .map(
          ({ partnerServiceId, customerServiceId = '', bytes }) => `${partnerServiceId},${customerServiceId}:${bytes}`,
        )
        .join(' ');
}

function piecesOf(text: string, length: number): string[] {
  return Array.from({ length: Math.ceil(text.length / length) }, (_, place) =>
    text.slice(place * length, (place + 1) * length),
  );
}

function putDay(partnerId: PartnerId, { part, networks, services, records, totals, ...day }: SimDay): Write {
  const textOf = (hours: ReadonlyMap<number, number>) =>
    [...hours]
      .sort(([a], [b]) => a - b)
      .map(([hour, bytes]) => `${hour}:${bytes}`)
      .join(' ');
  const shares = textOfShares(totals?.shares ?? []);
  const stored: StoredDay = {
    ...day,
    ...(part === 0 ? {} : { part }),
    ...(totals && { askedAt: totals.askedAt }),
    ...(shares === undefined ? {} : { shares }),
    networks: Object.fromEntries([...networks].map(([network, hours]) => [network, textOf(hours)])),
    services: Object.fromEntries(services),
    records: [...records.keys()].join(''),
    contents: [...records.values()].map((content) => content ?? NO_CONTENT).join(''),
    version: day.version + 1,
    expiresAt: usageExpiresAt(networks.size + records.size === 0 ? UNUSED_RETENTION_DAYS : USAGE_RETENTION_DAYS),
  };
  return put({ ...stored, ...simDayKey(partnerId, day.iccid, day.day, part) }, unchangedSince(day.version));
}

const unchangedSince = (version: number) => (version === 0 ? absent : atVersion(version));

/** The sums of services in their periods, for the SIMs of one shard. */
export async function sumsInShard(
  partnerId: PartnerId,
  services: readonly { serviceId: ServiceId; period: Period }[],
  shard: number,
): Promise<ServiceSum[]> {
  const keys = services.map(({ serviceId, period }) =>
    itemKinds.serviceSum.key({ partnerId, serviceId, period, shard }),
  );
  return (await getMany<StoredSum>(keys)).map(toSum);
}

/** The sums of a service in a period, one for each shard: each SIM is in one of them. */
export async function sumsOfService(partnerId: PartnerId, serviceId: ServiceId, period: Period): Promise<ServiceSum[]> {
  const shards = Array.from({ length: USAGE_SHARDS }, (_, shard) => shard);
  const stored = await getMany<StoredSum>(
    shards.map((shard) => itemKinds.serviceSum.key({ partnerId, serviceId, period, shard })),
  );
  return stored.map(toSum);
}

/** The sums of several services in a period, by service. Services without usage are omitted. */
export async function sumsOfServices(
  partnerId: PartnerId,
  ids: readonly ServiceId[],
  period: Period,
): Promise<ReadonlyMap<ServiceId, ServiceSum[]>> {
  const keys = ids.flatMap((serviceId) =>
    Array.from({ length: USAGE_SHARDS }, (_, shard) =>
      itemKinds.serviceSum.key({ partnerId, serviceId, period, shard }),
    ),
  );
  return Map.groupBy((await getMany<StoredSum>(keys)).map(toSum), ({ serviceId }) => serviceId);
}

function toSum({ top, ...sum }: StoredSum): ServiceSum {
  return { ...sum, top: Object.entries(top).map(([iccid, bytes]): SimBytes => ({ iccid, bytes })) };
}

function putSum(partnerId: PartnerId, shard: number, { top, ...sum }: ServiceSum): Write {
  const stored: StoredSum = {
    ...sum,
    top: Object.fromEntries(top.map(({ iccid, bytes }) => [iccid, bytes])),
    version: sum.version + 1,
  };
  const key = itemKinds.serviceSum.key({ partnerId, serviceId: sum.serviceId, period: sum.period, shard });
  return put({ ...stored, ...key }, unchangedSince(sum.version));
}

/** The maximum number of days and sums of one call of `writeUsage`: a transaction takes no more. */
export const MAX_USAGE_WRITES = 100;

/**
 * Writes days of SIMs and sums of services, all or none.
 *
 * @throws ConditionFailed when one of them has changed since it was read.
 */
export async function writeUsage(
  partnerId: PartnerId,
  shard: number,
  { days, sums }: { days: readonly SimDay[]; sums: readonly ServiceSum[] },
): Promise<void> {
  await transact([...days.map((day) => putDay(partnerId, day)), ...sums.map((sum) => putSum(partnerId, shard, sum))]);
}
