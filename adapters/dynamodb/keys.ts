import { createHash } from 'node:crypto';
import type { Tenant } from '../../domain/access.ts';
import type { SimState } from '../../domain/sim.ts';
import { SIM_SHARDS } from './table.ts';

/** A primary key of the table. */
export type Key = { pk: string; sk: string };

/*
 * Every key of the table. The partition key of a partner's item contains the partner id from the verified token. Ids given by
 * a client appear only at the end of a key, so that no id reaches another partner's items.
 */

const owned = (partnerId: string) => `P#${partnerId}`;

const ownedByTenant = (tenant: Tenant) => (tenant === 'platform' ? 'PLATFORM' : owned(tenant.partnerId));

/** Whether a partition belongs to a partner. */
export const isOwnedBy = (partnerId: string, { pk }: Pick<Key, 'pk'>): boolean =>
  pk === owned(partnerId) || pk.startsWith(`${owned(partnerId)}#`);

/** The partner that owns a partition. */
export const partnerIdOf = ({ pk }: Pick<Key, 'pk'>): string => pk.split('#')[1] ?? '';

export const partnerKey = (partnerId: string): Key => ({ pk: owned(partnerId), sk: 'PARTNER' });

/** All partners by id: a partition of the index `byCustomerState` that only they use. */
export const partnerListPartition = 'PARTNERS';
export const partnerListKeys = (partnerId: string) => ({ gsi3pk: partnerListPartition, gsi3sk: partnerId });

export const tariffs: Pick<Key, 'pk'> = { pk: 'TARIFFS' };
export const tariffKey = (tariffId: string): Key => ({ pk: 'TARIFFS', sk: `TRF#${tariffId}` });
export const operatorKey = (operatorId: string): Key => ({ pk: 'OPERATORS', sk: `OPR#${operatorId}` });
export const grantKey = (partnerId: string, tariffId: string): Key => ({
  pk: owned(partnerId),
  sk: `GRANT#${tariffId}`,
});

export const customerKey = (partnerId: string, id: string): Key => ({ pk: owned(partnerId), sk: `CUS#${id}` });
export const partnerServiceKey = (partnerId: string, id: string): Key => ({ pk: owned(partnerId), sk: `PSV#${id}` });
export const customerServiceKey = (partnerId: string, id: string): Key => ({ pk: owned(partnerId), sk: `CSV#${id}` });

/** The key of a partner service or customer service, which its id distinguishes. */
export const serviceKey = (partnerId: string, id: string): Key =>
  id.startsWith(PARTNER_SERVICE) ? partnerServiceKey(partnerId, id) : customerServiceKey(partnerId, id);
const PARTNER_SERVICE = 'psv_';

/** Reserves the name of a customer service, unique within its customer. Ignores case. */
export function serviceNameKey(partnerId: string, customerId: string, name: string): Key {
  const folded = sha256(name.normalize('NFKC').toLocaleLowerCase('en'));
  return { pk: `${owned(partnerId)}#CUS#${customerId}`, sk: `NAME#${folded}` };
}

/** The customer services of a customer, in the index by customer. */
export const servicesOfCustomer = (partnerId: string, customerId: string) =>
  `${owned(partnerId)}#CUS#${customerId}#CSV`;

export const orderKey = (partnerId: string, id: string): Key => ({ pk: owned(partnerId), sk: `ORD#${id}` });
/** Events, manifest and watches of one order. */
export const orderPartition = (partnerId: string, id: string) => `${owned(partnerId)}#ORD#${id}`;
export const orderEventKey = (partnerId: string, id: string, version: number, line: number): Key => ({
  pk: orderPartition(partnerId, id),
  sk: `EVT#${padded(version)}#${line}`,
});
export const orderPollKey = (partnerId: string, orderId: string): Key => ({
  pk: orderPartition(partnerId, orderId),
  sk: 'WATCH',
});

export const holdingWatchKey = (partnerId: string, orderId: string): Key => ({
  pk: orderPartition(partnerId, orderId),
  sk: 'HOLDING',
});

export const operationKey = (partnerId: string, id: string): Key => ({ pk: owned(partnerId), sk: `OP#${id}` });
/** Manifest and results of one operation. */
export const operationPartition = (partnerId: string, id: string) => `${owned(partnerId)}#OP#${id}`;
export const pageKey = (partition: string, page: number): Key => ({ pk: partition, sk: `PAGE#${padded(page)}` });
export const resultKey = (partition: string, page: number, part: number): Key => ({
  pk: partition,
  sk: `RES#${padded(page)}#${padded(part)}`,
});
export const lateActivationKey = (partition: string, page: number, part: number, operatorId: string): Key => ({
  pk: partition,
  sk: `LATE#${padded(page)}#${padded(part)}#${operatorId}`,
});

/** A request with an `Idempotency-Key`, in its own partition. */
export const idempotencyKey = (tenant: Tenant, key: string): Key => ({
  pk: `${ownedByTenant(tenant)}#IDEM#${sha256(key)}`,
  sk: 'REQUEST',
});

/** The suffix of journals' partition keys. No function may change or remove their items. */
export const JOURNAL = '#JOURNAL';
/** An entry of a tenant's journal, sorted by time. */
export const journalKey = (tenant: Tenant, position: string): Key => ({
  pk: `${ownedByTenant(tenant)}${JOURNAL}`,
  sk: position,
});

/** The circuit breaker of an operator, and its number of calls in a second. */
export const operatorHealthKey = (operatorId: string): Key => ({ pk: `OPERATOR#${operatorId}`, sk: 'HEALTH' });
export const operatorCallsKey = (operatorId: string, second: number): Key => ({
  pk: `OPERATOR#${operatorId}`,
  sk: `CALLS#${second}`,
});

export const webhookKey = (partnerId: string, id: string): Key => ({ pk: owned(partnerId), sk: `WHK#${id}` });
/** The queue and the deliveries of one webhook. */
export const webhookPartition = (partnerId: string, id: string) => `${owned(partnerId)}#WHK#${id}`;
export const webhookQueueKey = (partnerId: string, id: string): Key => ({
  pk: webhookPartition(partnerId, id),
  sk: 'QUEUE',
});
export const deliveryKey = (partnerId: string, webhookId: string, id: string): Key => ({
  pk: webhookPartition(partnerId, webhookId),
  sk: `DLV#${id}`,
});
/** The pending events of a webhook, by subject and in the order of the subject's changes. */
export const pendingPartition = (partnerId: string, webhookId: string) =>
  `${webhookPartition(partnerId, webhookId)}#PENDING`;
export const pendingKey = (
  partnerId: string,
  webhookId: string,
  { subject, place, id }: { subject: string; place: string; id: string },
): Key => ({ pk: pendingPartition(partnerId, webhookId), sk: `${subject}#${place}#${id}` });

export const alarmKey = (partnerId: string, id: string): Key => ({ pk: owned(partnerId), sk: `ALM#${id}` });
/** The firings of an alarm: one per period for each SIM or service. They become events, like the events of orders. */
export const firingPartition = (partnerId: string, alarmId: string) => `${owned(partnerId)}#ALM#${alarmId}`;
export const firingKey = (partnerId: string, alarmId: string, period: string, subject: string): Key => ({
  pk: firingPartition(partnerId, alarmId),
  sk: `EVT#${period}#${subject}`,
});

/** Failed work that awaits redrive. */
export const deadLetterPartition = 'SET_ASIDE';
export const deadLetterKey = (id: string): Key => ({ pk: deadLetterPartition, sk: id });

/** The number of requests of a partner in a time window. One partition, so that read-only functions may write to it. */
export const requestCounts = 'REQUESTS';
export const requestCountKey = (partnerId: string, window: number): Key => ({
  pk: requestCounts,
  sk: `${partnerId}#${window}`,
});

/** A record of the table's stream whose events could not be queued. */
export const failedChangeKey = (id: string): Key => ({ pk: `FAILED_CHANGE#${id}`, sk: 'RECORD' });

/** The progress of a backfill in each segment of the table. */
export const backfillPartition = 'BACKFILL';
export const backfillKey = (segment: number): Key => ({ pk: backfillPartition, sk: `SEGMENT#${padded(segment)}` });

/** The secret that signs cursors. */
export const cursorSecretKey: Key = { pk: 'SYSTEM', sk: 'CURSOR_SECRET' };

export const simKey = (partnerId: string, iccid: string): Key => ({
  pk: simPartition(partnerId, shardOf(iccid)),
  sk: iccid,
});
export const simPartition = (partnerId: string, shard: number) => `${owned(partnerId)}#SIM#${shard}`;
export const simsInState = (partnerId: string, state: SimState, shard: number) =>
  `${owned(partnerId)}#STATE#${state}#${shard}`;
export const simsOfCustomer = (partnerId: string, customerId: string, shard: number) =>
  `${owned(partnerId)}#CUS#${customerId}#SIM#${shard}`;
export const simsOfCustomerInState = (partnerId: string, customerId: string, state: SimState, shard: number) =>
  `${owned(partnerId)}#CUS#${customerId}#${state}#${shard}`;
/** The sort key in `simsOfCustomerInState`, which groups the SIMs of a customer service. */
export const simInService = (customerServiceId: string, iccid: string) => `${customerServiceId}#${iccid}`;
/** Earlier history of a SIM that its own item has no room for. */
export const simHistoryKey = (partnerId: string, iccid: string, version: number): Key => ({
  pk: simHistoryPartition(partnerId, iccid),
  sk: `H#${padded(version)}`,
});
export const simHistoryPartition = (partnerId: string, iccid: string) => `${owned(partnerId)}#HIST#${iccid}`;

/** The partner that owns a SIM. Operators report usage by ICCID alone. */
export const simOwnerKey = (iccid: string): Key => ({ pk: `ICCID#${iccid}`, sk: 'OWNER' });

/** Redriven usage that awaits the collector. */
export const redrivenUsage = 'USAGE_REDRIVEN';
export const redrivenUsageKey = (id: string): Key => ({ pk: redrivenUsage, sk: id });

/** The cursor up to which each operator's usage is counted. */
export const usageCursors = 'USAGE_CURSORS';
export const usageCursorKey = (operatorId: string): Key => ({ pk: usageCursors, sk: operatorId });

/** The usage of a SIM by day. A day has further parts only when it has too many records or networks for one item. */
export const simUsage = (partnerId: string, iccid: string) => `${owned(partnerId)}#USE#${iccid}`;
export const simDayKey = (partnerId: string, iccid: string, day: string, part = 0): Key => ({
  pk: simUsage(partnerId, iccid),
  sk: part === 0 ? day : `${day}#${String(part).padStart(3, '0')}`,
});
/** The usage of a service in a month by the SIMs of one shard. */
export const serviceSumKey = (partnerId: string, serviceId: string, period: string, shard: number): Key => ({
  pk: `${owned(partnerId)}#SUM#${serviceId}#${period}#${shard}`,
  sk: 'SUM',
});

/**
 * The kinds of due items that schedules process: the partitions of the index `due`.
 */
export const due = {
  /** Orders to poll at their operator. */
  orders: 'POLL',
  /** Orders and operations whose execution must be running. */
  work: 'RUN',
  lateActivations: 'LATE',
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

const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');

/** A number for a sort key, which sorts as text. */
export const padded = (n: number) => String(n).padStart(8, '0');
