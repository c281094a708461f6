import { randomUUID } from 'node:crypto';
import type { DeliveryId, EventId, PartnerId, WebhookId } from '../../domain/ids.ts';
import { type Delivery, deliveryDeadline, type PublicEvent } from '../../domain/webhook.ts';
import { absent, ConditionFailed, exists } from './conditions.ts';
import { type DueItem, queryDueAs } from './due-work.ts';
import { itemKinds } from './item-kinds.ts';
import { due } from './keys.ts';
import { query } from './queries.ts';
import { get, getMany } from './reads.ts';
import { put, remove, update } from './write-requests.ts';
import { transact, updateAndGet, write, writeIf } from './writes.ts';

/** A stored delivery, with the text that every attempt sends. */
export type DeliveryRecord = Delivery & {
  /** When the event occurred, or was last requested again. */
  since: string;
  body: string;
  /** When it expires, in seconds of real time. DynamoDB removes the item some time later. */
  expiresAt: number;
};

/** An event that a webhook has not accepted yet. A webhook's events are sent in their order. */
export type PendingDelivery = {
  deliveryId: DeliveryId;
  subject: string;
  nextAttemptAt?: string;
  /** How many attempts in a row failed because of a fault of our own. */
  failures?: number;
};

/** The queue of a webhook. It exists, and is due, while events are pending. */
export type Queue = {
  /** Increases with every event that is added. */
  added: number;
  /** The lease that one run of the schedule holds: its own random id, and when it expires, in milliseconds of real time. */
  heldBy?: string;
  heldUntil?: number;
  /** How many rounds in a row found the receiver down, and until when sending is paused. */
  pauses?: number;
  pausedUntil?: string;
  /** Since when the receiver has accepted no event. */
  failingSince?: string;
};

const queueKey = (partnerId: PartnerId, webhookId: WebhookId) => itemKinds.webhookQueue.key({ partnerId, webhookId });
const deliveryKey = (partnerId: PartnerId, webhookId: WebhookId, id: DeliveryId) =>
  itemKinds.delivery.key({ partnerId, webhookId, id });
const pendingKey = (partnerId: PartnerId, webhookId: WebhookId, { subject, place, id }: DeliveryRecord) =>
  itemKinds.pendingDelivery.key({ partnerId, webhookId, subject, place, id });

/** How long deliveries are stored, in seconds: 30 days. */
const RETENTION_SECONDS = 30 * 24 * 3600;

/** The id of an event's delivery. Each webhook has one delivery of an event, however often the event is published. */
export const deliveryIdOf = (eventId: EventId): DeliveryId => `dlv_${eventId.replace(/^evt_/, '')}`;

/** Adds an event to the queue of a webhook. Adding it again has no effect. */
export async function addDelivery(
  partnerId: PartnerId,
  webhookId: WebhookId,
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
  await markWebhookDue(partnerId, webhookId, now);
  return delivery;
}

/**
 * Like `addDelivery`, for callers that repeat failed events: without a transaction, which costs twice as much, and without
 * making the webhook due. Call `markWebhookDue` once after all of them.
 *
 * @returns whether the event is pending. It is not when it was delivered before.
 */
export async function queueDelivery(
  partnerId: PartnerId,
  webhookId: WebhookId,
  event: PublicEvent,
  now: Date,
): Promise<boolean> {
  const delivery = newDelivery(event, now);
  const isNew = await writeIf(put({ ...delivery, ...deliveryKey(partnerId, webhookId, delivery.id) }, absent));
  const stored = isNew ? delivery : await getDelivery(partnerId, webhookId, delivery.id);
  if (stored?.state !== 'pending') {
    return false;
  }
  await write(pendingWrite(partnerId, webhookId, stored));
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
    expiresAt: Math.floor(Date.now() / 1000) + RETENTION_SECONDS,
  };
}

/** Returns a delivered or failed event to the queue, for another day of attempts. */
export async function requeueDelivery(
  partnerId: PartnerId,
  webhookId: WebhookId,
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
  await markWebhookDue(partnerId, webhookId, now);
  return again;
}

/**
 * Stores a delivery after an attempt, and removes it from the queue unless it is pending. Not a transaction: if the second
 * write fails, the queue has a pointer to a finished delivery, which is removed when it is read.
 */
export async function saveDeliveryAttempt(
  partnerId: PartnerId,
  webhookId: WebhookId,
  delivery: DeliveryRecord,
): Promise<void> {
  await write(put({ ...delivery, ...deliveryKey(partnerId, webhookId, delivery.id) }, exists));
  await write(
    delivery.state === 'pending'
      ? pendingWrite(partnerId, webhookId, delivery)
      : remove(pendingKey(partnerId, webhookId, delivery)),
  );
}

export async function getDelivery(partnerId: PartnerId, webhookId: WebhookId, id: DeliveryId) {
  return get<DeliveryRecord>(deliveryKey(partnerId, webhookId, id));
}

/** The deliveries with these ids that exist, by id. */
export async function getDeliveries(partnerId: PartnerId, webhookId: WebhookId, ids: readonly DeliveryId[]) {
  const found = await getMany<DeliveryRecord>(ids.map((id) => deliveryKey(partnerId, webhookId, id)));
  return new Map(found.map((delivery) => [delivery.id, delivery]));
}

/** Removes a delivery from the queue. */
export async function removePending(
  partnerId: PartnerId,
  webhookId: WebhookId,
  delivery: DeliveryRecord,
): Promise<void> {
  await write(remove(pendingKey(partnerId, webhookId, delivery)));
}

/** Postpones an event after a fault of our own. */
export async function postponePending(
  partnerId: PartnerId,
  webhookId: WebhookId,
  delivery: DeliveryRecord,
  { failures, nextAttemptAt }: { failures: number; nextAttemptAt: string },
): Promise<void> {
  await writeIf(update(pendingKey(partnerId, webhookId, delivery), { set: { failures, nextAttemptAt } }, exists));
}

/** The deliveries of a webhook, newest first. */
export async function queryDeliveries(
  partnerId: PartnerId,
  webhookId: WebhookId,
  limit: number,
  after: string | undefined,
) {
  return query<DeliveryRecord>(
    { ...itemKinds.delivery.range({ partnerId, webhookId }), after, descending: true },
    limit,
  );
}

/** Where the list of deliveries continues after a delivery. */
export const deliveryPosition = ({ id }: DeliveryRecord) => itemKinds.delivery.sk({ id });

/** A page of the pending events of a webhook, by subject. */
export async function queryPending(
  partnerId: PartnerId,
  webhookId: WebhookId,
  limit: number,
  after: string | undefined,
) {
  return query<PendingDelivery>({ ...itemKinds.pendingDelivery.range({ partnerId, webhookId }), after }, limit);
}

/** The item that makes the queue of a webhook due. */
export function queueItem(partnerId: PartnerId, webhookId: WebhookId): Pick<DueItem, 'key' | 'duePk'> {
  return { key: queueKey(partnerId, webhookId), duePk: due.webhooks };
}

/** The webhooks with due events, of all partners, the longest waiting first. */
export async function dueWebhooks(now: Date, limit: number) {
  return queryDueAs(due.webhooks, itemKinds.webhookQueue.parse, now, limit);
}

/** A leased queue moves behind the queues that are free. */
const LEASED_QUEUE_DELAY_MS = 60_000;

/**
 * Leases the queue of a webhook. The lease names its holder, so that a retry after a lost answer finds its own lease.
 *
 * @param leaseExpiresAt in milliseconds of real time.
 * @returns `undefined` when another run holds the lease.
 */
export async function leaseQueue(
  partnerId: PartnerId,
  webhookId: WebhookId,
  now: Date,
  leaseExpiresAt: number,
): Promise<(Queue & { heldBy: string }) | undefined> {
  const heldBy = randomUUID();
  const free = {
    expression:
      'attribute_exists(duePk) AND (attribute_not_exists(#heldUntil) OR #heldUntil < :realNow OR #heldBy = :heldBy)',
    names: { '#heldUntil': 'heldUntil', '#heldBy': 'heldBy' },
    values: { ':realNow': Date.now(), ':heldBy': heldBy },
  };
  const dueAt = new Date(now.getTime() + LEASED_QUEUE_DELAY_MS).toISOString();
  const lease = { heldBy, heldUntil: leaseExpiresAt, dueAt };
  try {
    return { ...(await updateAndGet<Queue>(queueKey(partnerId, webhookId), { set: lease }, free)), heldBy };
  } catch (error) {
    if (error instanceof ConditionFailed) {
      return undefined;
    }
    throw error;
  }
}

/** Releases the lease of a failed run, so that the next run does not wait until it expires. */
export async function releaseLease(partnerId: PartnerId, webhookId: WebhookId, heldBy: string): Promise<void> {
  const isOurs = { expression: '#heldBy = :heldBy', names: { '#heldBy': 'heldBy' }, values: { ':heldBy': heldBy } };
  await writeIf(update(queueKey(partnerId, webhookId), { remove: ['heldBy', 'heldUntil'] }, isOurs));
}

/**
 * Releases a queue. It is due at `nextAt`, or when the next event is added. If events were added meanwhile, it is due at
 * once, unless it is paused.
 */
export async function releaseQueue(
  partnerId: PartnerId,
  webhookId: WebhookId,
  { added, pauses = 0, pausedUntil, failingSince }: Queue,
  nextAt: string | undefined,
  now: Date,
): Promise<void> {
  const key = queueKey(partnerId, webhookId);
  const state = {
    pauses,
    ...(pausedUntil === undefined ? {} : { pausedUntil }),
    ...(failingSince === undefined ? {} : { failingSince }),
  };
  const obsolete = [
    'heldBy',
    'heldUntil',
    'failedLooks',
    ...(pausedUntil === undefined ? ['pausedUntil'] : []),
    ...(failingSince === undefined ? ['failingSince'] : []),
  ];
  const isUnchanged = { expression: '#added = :added', names: { '#added': 'added' }, values: { ':added': added } };
  const change =
    nextAt === undefined
      ? { set: state, remove: [...obsolete, 'duePk', 'dueAt'] }
      : { set: { ...state, dueAt: nextAt }, remove: obsolete };
  if (!(await writeIf(update(key, change, isUnchanged)))) {
    await write(update(key, { set: { ...state, dueAt: pausedUntil ?? now.toISOString() }, remove: obsolete }));
  }
}

/** Removes the queue of a webhook that is deleted or disabled. */
export async function removeQueue(partnerId: PartnerId, webhookId: WebhookId): Promise<void> {
  await write(remove(queueKey(partnerId, webhookId)));
}

/**
 * Makes a webhook due now or, while it is paused, at the end of the pause.
 *
 * @param added how many events were queued.
 */
export async function markWebhookDue(partnerId: PartnerId, webhookId: WebhookId, now: Date, added = 1): Promise<void> {
  const key = queueKey(partnerId, webhookId);
  const at = now.toISOString();
  const change = { add: { added }, set: { duePk: due.webhooks } };
  const isNotPaused = {
    expression: 'attribute_not_exists(#pausedUntil) OR #pausedUntil <= :now',
    names: { '#pausedUntil': 'pausedUntil' },
    values: { ':now': at },
  };
  if (!(await writeIf(update(key, { ...change, set: { ...change.set, dueAt: at } }, isNotPaused)))) {
    await write(update(key, { ...change, setIfAbsent: { dueAt: at } }));
  }
}

function pendingWrite(partnerId: PartnerId, webhookId: WebhookId, delivery: DeliveryRecord) {
  const { id, subject, nextAttemptAt, expiresAt } = delivery;
  return put({
    ...pendingKey(partnerId, webhookId, delivery),
    deliveryId: id,
    subject,
    ...(nextAttemptAt === undefined ? {} : { nextAttemptAt }),
    expiresAt,
  });
}
