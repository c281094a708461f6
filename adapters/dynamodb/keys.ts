import { createHash } from 'node:crypto';
import type { Tenant } from '../../domain/access.ts';
import {
  type CustomerId,
  type CustomerServiceId,
  isPartnerServiceId,
  type PartnerId,
  type ServiceId,
} from '../../domain/ids.ts';
import type { SimState } from '../../domain/sim.ts';
import { ICCID_END } from '../../domain/sim-search.ts';
import type { Key } from './item-kind.ts';
import { itemKinds } from './item-kinds.ts';
import { SIM_SHARDS } from './table.ts';

/*
 * Keys that are derived from other values, and the partitions of the indexes. item-kinds.ts declares the keys of all items.
 */

/** The partition of a partner's own items. Its other partitions begin with it. */
const owned = (partnerId: PartnerId) => itemKinds.partner.key({ partnerId }).pk;

/** Whether a partition belongs to a partner. */
export const isOwnedBy = (partnerId: PartnerId, { pk }: Pick<Key, 'pk'>): boolean =>
  pk === owned(partnerId) || pk.startsWith(`${owned(partnerId)}#`);

/** The key of a SIM, in the partition of its shard. */
export const simKey = (partnerId: PartnerId, iccid: string): Key =>
  itemKinds.sim.key({ partnerId, shard: shardOf(iccid), iccid });

/** The key of a part of a SIM's day. A day has further parts only when it has too many records or networks for one item. */
export const simDayKey = (partnerId: PartnerId, iccid: string, day: string, part = 0): Key =>
  itemKinds.simDay.key({ partnerId, iccid, place: part === 0 ? day : `${day}#${String(part).padStart(3, '0')}` });

/** The key of a partner service or customer service, which its id distinguishes. */
export const serviceKey = (partnerId: PartnerId, id: ServiceId): Key =>
  isPartnerServiceId(id)
    ? itemKinds.partnerService.key({ partnerId, id })
    : itemKinds.customerService.key({ partnerId, id });

/** Reserves the name of a customer service, unique within its customer. Ignores case. */
export function serviceNameKey(partnerId: PartnerId, customerId: CustomerId, name: string): Key {
  const hash = hashOf(name.normalize('NFKC').toLocaleLowerCase('en'));
  return itemKinds.serviceName.key({ partnerId, customerId, hash });
}

/** Reserves the name of an API client, unique within its partner. */
export const clientNameKey = (partnerId: PartnerId, name: string): Key =>
  itemKinds.clientName.key({ partnerId, hash: hashOf(name) });

/** The key of a request with an `Idempotency-Key`, in its own partition. */
export const idempotencyKey = (tenant: Tenant, key: string): Key =>
  itemKinds.request.key({ tenant, hash: hashOf(key) });

/** All partners by id: a partition of the index `byCustomerState` that only they use. */
export const partnerListPartition = 'PARTNERS';
export const partnerListKeys = (partnerId: PartnerId) => ({ gsi3pk: partnerListPartition, gsi3sk: partnerId });

/** The owners of a partner's SIMs by the end of the ICCID: partitions of the index `byCustomerState` that only they use. */
export const simsEnding = (partnerId: PartnerId, lastDigits: string) => `${owned(partnerId)}#ENDS#${lastDigits}`;
export const ownerListKeys = (partnerId: PartnerId, iccid: string) => ({
  gsi3pk: simsEnding(partnerId, iccid.slice(-ICCID_END.min)),
  gsi3sk: reversed(iccid),
});
export const reversed = (digits: string) => [...digits].reverse().join('');

/** The customer services of a customer, in the index by customer. */
export const servicesOfCustomer = (partnerId: PartnerId, customerId: CustomerId) =>
  `${owned(partnerId)}#CUS#${customerId}#CSV`;

/** The SIMs of a shard, in each index. */
export const simsInState = (partnerId: PartnerId, state: SimState, shard: number) =>
  `${owned(partnerId)}#STATE#${state}#${shard}`;
export const simsOfCustomer = (partnerId: PartnerId, customerId: CustomerId, shard: number) =>
  `${owned(partnerId)}#CUS#${customerId}#SIM#${shard}`;
export const simsOfCustomerInState = (partnerId: PartnerId, customerId: CustomerId, state: SimState, shard: number) =>
  `${owned(partnerId)}#CUS#${customerId}#${state}#${shard}`;
/** The sort key in `simsOfCustomerInState`, which groups the SIMs of a customer service. */
export const simInService = (customerServiceId: CustomerServiceId | '', iccid: string) =>
  `${customerServiceId}#${iccid}`;

/**
 * The kinds of due items that schedules process: the partitions of the index `due`.
 */
export const due = {
  /** Orders to poll at their operator. */
  orders: 'POLL',
  /** Orders and operations whose execution must be running. */
  work: 'RUN',
  /** Changes of SIMs that operators did not confirm by the deadline. */
  lateChanges: 'LATE',
  /** Orders whose SIMs should have left holding. */
  holding: 'HOLD',
  /** Webhooks with pending events. */
  webhooks: 'HOOK',
  /** Changes of the table whose events could not be queued. */
  changes: 'CHANGE',
} as const;

/** The shard of a SIM. FNV-1a distributes ICCIDs evenly, including consecutive ones. */
export function shardOf(iccid: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < iccid.length; i += 1) {
    hash = Math.imul(hash ^ iccid.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 16) % SIM_SHARDS;
}

export const hashOf = (text: string) => createHash('sha256').update(text).digest('base64url');
