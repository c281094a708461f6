import { randomUUID } from 'node:crypto';
import { type Delivery, deliveryDeadline, type PublicEvent } from '../../domain/webhook.ts';
import {
  absent,
  ConditionFailed,
  exists,
  get,
  getMany,
  put,
  query,
  queryDue,
  remove,
  transact,
  update,
  updated,
  write,
  writeIf,
} from './items.ts';
import { deliveryKey, due, pendingKey, pendingPartition, webhookQueueKey } from './keys.ts';

/** A delivery as it is kept: with the very text that is sent, each time the same. */
export type DeliveryRecord = Delivery & {
  /** When what it tells of happened, or when it was asked for again. */
  since: string;
  body: string;
  /** When it is forgotten, in seconds of real time; DynamoDB removes the item some time after. */
  expiresAt: number;
};

/** What a webhook has not got yet, in the order in which it gets it. */
export type PendingDelivery = {
  deliveryId: string;
  subject: string;
  nextAttemptAt?: string;
  /** How many attempts in a row broke on our side. */
  failures?: number;
};

/** The queue of a webhook: there, and due, while the webhook has not got all of its events. */
export type Queue = {
  /** Grows with every event that is added. */
  added: number;
  /** The lease that one run of the schedule holds: its own random id, and when it expires, in milliseconds of real time. */
  heldBy?: string;
  heldUntil?: number;
  /** Rounds in a row that ended because the receiver seems to be down, and until when it is left alone. */
  pauses?: number;
  pausedUntil?: string;
  /** Since when it has taken nothing, while something was sent. */
  failingSince?: string;
};

/** For how long deliveries are kept, in seconds: 30 days. */
const KEPT_FOR = 30 * 24 * 3600;

/** The delivery of an event: each webhook has one of it, however often the event is told. */
export const deliveryIdOf = (eventId: string) => eventId.replace(/^evt_/, 'dlv_');

/** Puts an event into the queue of a webhook, once: told again, it changes nothing. */
export async function addDelivery(
  partnerId: string,
  webhookId: string,
  event: PublicEvent,
  now: Date,
): Promise<DeliveryRecord> {
  const delivery = newDelivery(event, now);
  try {
    await transact([
      put({ ...delivery, ...deliveryKey(partnerId, webhookId, delivery.id) }, absent),
      pendingWrite(partnerId, webhookId, delivery),
    ]);
  } catch (error) {
    if (!(error instanceof ConditionFailed)) {
      throw error;
    }
  }
  await markDue(partnerId, webhookId, now);
  return delivery;
}

/**
 * As `addDelivery`, for many events that come again should one of the writes fail: without a transaction, which costs twice
 * as much, and without making the webhook due, for which one `wake` after all of them will do.
 *
 * @returns whether the event awaits delivery: not when it was delivered before.
 */
export async function queueDelivery(
  partnerId: string,
  webhookId: string,
  event: PublicEvent,
  now: Date,
): Promise<boolean> {
  const delivery = newDelivery(event, now);
  const isNew = await writeIf(put({ ...delivery, ...deliveryKey(partnerId, webhookId, delivery.id) }, absent));
  const kept = isNew ? delivery : await getDelivery(partnerId, webhookId, delivery.id);
  if (kept?.state !== 'pending') {
    return false;
  }
  await write(pendingWrite(partnerId, webhookId, kept));
  return true;
}

function newDelivery({ id, type, subject, place, at: timestamp, data }: PublicEvent, now: Date): DeliveryRecord {
  return {
    id: deliveryIdOf(id),
    eventId: id,
    type,
    subject,
    place,
    state: 'pending',
    attempts: 0,
    until: deliveryDeadline(now),
    createdAt: now.toISOString(),
    since: timestamp,
    body: JSON.stringify({ id, type, timestamp, data }),
    expiresAt: Math.floor(Date.now() / 1000) + KEPT_FOR,
  };
}

/** Puts a delivery that is over back into the queue, for another day of attempts. */
export async function requeueDelivery(
  partnerId: string,
  webhookId: string,
  { nextAttemptAt: _nextAttemptAt, deliveredAt: _deliveredAt, ...delivery }: DeliveryRecord,
  now: Date,
): Promise<DeliveryRecord> {
  const again: DeliveryRecord = {
    ...delivery,
    state: 'pending',
    until: deliveryDeadline(now),
    since: now.toISOString(),
  };
  await transact([
    put({ ...again, ...deliveryKey(partnerId, webhookId, again.id) }, exists),
    pendingWrite(partnerId, webhookId, again),
  ]);
  await markDue(partnerId, webhookId, now);
  return again;
}

/**
 * Keeps a delivery as an attempt left it: a finished one leaves the queue. Not a transaction: should the second write fail,
 * the queue's pointer leads to a delivery that is finished, and is removed when it is read.
 */
export async function saveDeliveryAttempt(
  partnerId: string,
  webhookId: string,
  delivery: DeliveryRecord,
): Promise<void> {
  await write(put({ ...delivery, ...deliveryKey(partnerId, webhookId, delivery.id) }, exists));
  await write(
    delivery.state === 'pending'
      ? pendingWrite(partnerId, webhookId, delivery)
      : remove(pendingKey(partnerId, webhookId, delivery)),
  );
}

export async function getDelivery(partnerId: string, webhookId: string, id: string) {
  return get<DeliveryRecord>(deliveryKey(partnerId, webhookId, id));
}

/** The deliveries of a list that are there, by id. */
export async function getDeliveries(partnerId: string, webhookId: string, ids: readonly string[]) {
  const found = await getMany<DeliveryRecord>(ids.map((id) => deliveryKey(partnerId, webhookId, id)));
  return new Map(found.map((delivery) => [delivery.id, delivery]));
}

/** Takes a delivery out of the queue. */
export async function removePending(partnerId: string, webhookId: string, delivery: DeliveryRecord): Promise<void> {
  await write(remove(pendingKey(partnerId, webhookId, delivery)));
}

/** Postpones an event whose attempt broke on our side. */
export async function postponePending(
  partnerId: string,
  webhookId: string,
  delivery: DeliveryRecord,
  { failures, nextAttemptAt }: { failures: number; nextAttemptAt: string },
): Promise<void> {
  await writeIf(update(pendingKey(partnerId, webhookId, delivery), { set: { failures, nextAttemptAt } }, exists));
}

/** The deliveries of a webhook, newest first. */
export async function queryDeliveries(partnerId: string, webhookId: string, limit: number, after: string | undefined) {
  const { pk, sk } = deliveryKey(partnerId, webhookId, '');
  return query<DeliveryRecord>({ partition: pk, prefix: sk, after, descending: true }, limit);
}

/** Where the list of deliveries goes on after one. */
export const deliveryPosition = ({ id }: DeliveryRecord) => deliveryKey('', '', id).sk;

/** What a webhook has not got yet, subject by subject. */
export async function queryPending(partnerId: string, webhookId: string, limit: number, after: string | undefined) {
  return query<PendingDelivery>({ partition: pendingPartition(partnerId, webhookId), after }, limit);
}

/** The webhooks that have something to get now, across partners, the longest waiting first. */
export async function dueWebhooks(now: Date, limit: number) {
  return (await queryDue(due.webhooks, now, limit)).flatMap(({ key, dueAt }) => {
    const [, partnerId, webhookId] = /^P#(.+)#WHK#(.+)$/.exec(key.pk) ?? [];
    return partnerId && webhookId ? [{ partnerId, webhookId, dueAt }] : [];
  });
}

/** Others find the queue behind those that nobody has. */
const BEHIND_MS = 60_000;

/**
 * Leases the queue of a webhook until then, in milliseconds of real time. The lease names its holder: when the answer is lost, the
 * retry finds its own lease and not a stranger's, which would leave the queue to nobody until it expires.
 *
 * @returns `undefined` when another run holds the lease.
 */
export async function leaseQueue(
  partnerId: string,
  webhookId: string,
  now: Date,
  heldUntil: number,
): Promise<(Queue & { heldBy: string }) | undefined> {
  const heldBy = randomUUID();
  const free = {
    expression:
      'attribute_exists(duePk) AND (attribute_not_exists(#heldUntil) OR #heldUntil < :realNow OR #heldBy = :heldBy)',
    names: { '#heldUntil': 'heldUntil', '#heldBy': 'heldBy' },
    values: { ':realNow': Date.now(), ':heldBy': heldBy },
  };
  const dueAt = new Date(now.getTime() + BEHIND_MS).toISOString();
  const lease = { heldBy, heldUntil, dueAt };
  try {
    return { ...(await updated<Queue>(webhookQueueKey(partnerId, webhookId), { set: lease }, free)), heldBy };
  } catch (error) {
    if (error instanceof ConditionFailed) {
      return undefined;
    }
    throw error;
  }
}

/** Releases the lease of a run that failed, so that the next one need not wait until it expires. */
export async function releaseLease(partnerId: string, webhookId: string, heldBy: string): Promise<void> {
  const isOurs = { expression: '#heldBy = :heldBy', names: { '#heldBy': 'heldBy' }, values: { ':heldBy': heldBy } };
  await writeIf(update(webhookQueueKey(partnerId, webhookId), { remove: ['heldBy', 'heldUntil'] }, isOurs));
}

/**
 * Gives the queue back: it is due again at `nextAt`, or when the next event comes. What was added meanwhile is due at
 * once, unless the receiver is left alone.
 */
export async function releaseQueue(
  partnerId: string,
  webhookId: string,
  { added, pauses = 0, pausedUntil, failingSince }: Queue,
  nextAt: string | undefined,
  now: Date,
): Promise<void> {
  const key = webhookQueueKey(partnerId, webhookId);
  const kept = {
    pauses,
    ...(pausedUntil === undefined ? {} : { pausedUntil }),
    ...(failingSince === undefined ? {} : { failingSince }),
  };
  const gone = [
    'heldBy',
    'heldUntil',
    'failedLooks',
    ...(pausedUntil === undefined ? ['pausedUntil'] : []),
    ...(failingSince === undefined ? ['failingSince'] : []),
  ];
  const asSeen = { expression: '#added = :added', names: { '#added': 'added' }, values: { ':added': added } };
  const change =
    nextAt === undefined
      ? { set: kept, remove: [...gone, 'duePk', 'dueAt'] }
      : { set: { ...kept, dueAt: nextAt }, remove: gone };
  if (!(await writeIf(update(key, change, asSeen)))) {
    await write(update(key, { set: { ...kept, dueAt: pausedUntil ?? now.toISOString() }, remove: gone }));
  }
}

/** Nobody looks after a webhook any more that is not there, or not in use. */
export async function removeQueue(partnerId: string, webhookId: string): Promise<void> {
  await write(remove(webhookQueueKey(partnerId, webhookId)));
}

/**
 * Makes a webhook due now, or, while it is paused, when the pause is over.
 *
 * @param added how many events were queued.
 */
export async function markDue(partnerId: string, webhookId: string, now: Date, added = 1): Promise<void> {
  const key = webhookQueueKey(partnerId, webhookId);
  const at = now.toISOString();
  const change = { add: { added }, set: { duePk: due.webhooks } };
  const awake = {
    expression: 'attribute_not_exists(#pausedUntil) OR #pausedUntil <= :now',
    names: { '#pausedUntil': 'pausedUntil' },
    values: { ':now': at },
  };
  if (!(await writeIf(update(key, { ...change, set: { ...change.set, dueAt: at } }, awake)))) {
    await write(update(key, { ...change, setOnce: { dueAt: at } }));
  }
}

function pendingWrite(partnerId: string, webhookId: string, delivery: DeliveryRecord) {
  const { id, subject, nextAttemptAt, expiresAt } = delivery;
  return put({
    ...pendingKey(partnerId, webhookId, delivery),
    deliveryId: id,
    subject,
    ...(nextAttemptAt === undefined ? {} : { nextAttemptAt }),
    expiresAt,
  });
}
