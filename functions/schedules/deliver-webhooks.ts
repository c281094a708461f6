import { clock } from '../../adapters/clock.ts';
import { deadLetter } from '../../adapters/dynamodb/dead-letters.ts';
import {
  type DeliveryRecord,
  dueWebhooks,
  getDeliveries,
  leaseQueue,
  type PendingDelivery,
  postponePending,
  type Queue,
  queryPending,
  releaseLease,
  releaseQueue,
  removePending,
  removeQueue,
  saveDeliveryAttempt,
} from '../../adapters/dynamodb/deliveries.ts';
import { dueFailedChanges, getFailedChange, removeFailedChange } from '../../adapters/dynamodb/failed-changes.ts';
import { failedChangeKey, webhookQueueKey } from '../../adapters/dynamodb/keys.ts';
import { disableWebhook, getWebhook, type WebhookRecord } from '../../adapters/dynamodb/webhooks.ts';
import { logger } from '../../adapters/telemetry/logger.ts';
import { recordMetric } from '../../adapters/telemetry/metrics.ts';
import { type Connections, openConnections, type PostOutcome, post } from '../../adapters/webhooks/post.ts';
import { signedHeaders } from '../../adapters/webhooks/signature.ts';
import {
  afterAttempt,
  backoffAfter,
  deliveryLaneOf,
  FIRST_WINDOW,
  hasFailedTooLong,
  nextWindow,
  validSecrets,
} from '../../domain/webhook.ts';
import { createPublisher } from '../../use-cases/webhooks/publish-changes.ts';
import { createSchedule, processDue, processDueConcurrently } from '../background/schedule.ts';

const WEBHOOKS_AT_A_TIME = 100;
/** How many requests are under way to all receivers together, beyond those that each has at first: Lambda has 1,024 sockets. */
const MAX_REQUESTS = 500;
const PENDING_PER_READ = 1000;
/** After so many attempts at an event that broke on our side it is set aside. */
const MAX_FAILURES = 12;
/** Failed changes of one batch, and how many are retried at a time. */
const CHANGES_PER_READ = 100;
const CHANGES_AT_A_TIME = 4;
/** So many requests in a row that fail, and none that does not, tell that a receiver is down: it is left alone then. */
const DOWN_AFTER = 5;

/** The next invocation comes after a minute, in milliseconds of real time. */
const BEGINS_FOR_MS = 55_000;
/** How long one webhook is worked at the most, and held for, should this function crash meanwhile. */
const ROUND_MS = 50_000;
const HELD_FOR_MS = 90_000;

/**
 * Sends partners their events: one webhook beside the other, so that a slow receiver delays nobody else, and what one
 * webhook gets of one subject in its order. What a receiver does not take is sent again later and later, for a day.
 */
export const handler = createSchedule(async (hasTime) => {
  const startedAt = Date.now();
  const requests: Requests = { underWay: 0 };
  await retryFailedChanges(hasTime);
  await processDueConcurrently(() => hasTime() && Date.now() - startedAt < BEGINS_FOR_MS, {
    kind: 'webhooks',
    find: (limit) => dueWebhooks(clock.now(), limit),
    keyOf: ({ partnerId, webhookId }) => webhookQueueKey(partnerId, webhookId),
    process: ({ partnerId, webhookId }) => look(partnerId, webhookId, requests),
    concurrency: WEBHOOKS_AT_A_TIME,
  });
});

/** Queues the events of changes that the stream's function could not. */
async function retryFailedChanges(hasTime: () => boolean): Promise<void> {
  await processDue(hasTime, {
    size: CHANGES_PER_READ,
    kind: 'changes',
    find: (limit) => dueFailedChanges(clock.now(), limit),
    keyOf: ({ id }) => failedChangeKey(id),
    process: async ({ id }) => {
      const record = await getFailedChange(id);
      if (!record) {
        return;
      }
      const publisher = createPublisher(clock.now());
      try {
        await publisher.publish(record);
      } catch (cause) {
        const { pk, sk } = record.dynamodb?.Keys ?? {};
        throw new Error(`The events of a change of ${pk?.S} ${sk?.S} cannot be queued: ${String(cause)}`, { cause });
      } finally {
        await publisher.wakeWebhooks();
      }
      await removeFailedChange(id);
    },
    concurrency: CHANGES_AT_A_TIME,
  });
}

/** How many requests of an invocation are under way. */
type Requests = { underWay: number };

async function look(partnerId: string, webhookId: string, requests: Requests): Promise<void> {
  const queue = await leaseQueue(partnerId, webhookId, clock.now(), Date.now() + HELD_FOR_MS);
  if (!queue) {
    return;
  }
  try {
    await workQueue(partnerId, webhookId, queue, requests);
  } catch (error) {
    // Best effort: the error counts, and the lease expires anyway.
    await releaseLease(partnerId, webhookId, queue.heldBy).catch((cause: unknown) =>
      logger.warn('lease of a queue not released', { partnerId, webhookId, error: cause }),
    );
    throw error;
  }
}

async function workQueue(partnerId: string, webhookId: string, queue: Queue, requests: Requests): Promise<void> {
  const webhook = await getWebhook(partnerId, webhookId);
  if (!webhook?.enabled) {
    return removeQueue(partnerId, webhookId);
  }
  const round = await sendPending(partnerId, webhook, requests);
  const now = clock.now();
  recordMetric('EventsDelivered', round.taken);
  recordMetric('DeliveriesFailed', round.refused);
  const failingSince = round.taken > 0 ? undefined : (queue.failingSince ?? round.refusedAt);
  if (round.isGone || (failingSince !== undefined && round.refused > 0 && hasFailedTooLong(failingSince, now))) {
    const reason = round.isGone
      ? { code: 'gone', detail: 'The receiver responded with 410 Gone.' }
      : {
          code: 'failing',
          detail: `The receiver has not accepted any event for a day. Last error: ${round.lastError}`,
        };
    logger.warn('webhook disabled', { partnerId, webhookId, code: reason.code });
    await disableWebhook(partnerId, webhook, { ...reason, at: now.toISOString() });
    return removeQueue(partnerId, webhookId);
  }
  await releaseQueue(partnerId, webhookId, ...after(queue, round, failingSince, now), now);
}

/** How the queue is left, and when it is due next. */
function after(queue: Queue, round: Round, failingSince: string | undefined, now: Date): [Queue, string | undefined] {
  const { added } = queue;
  const failing = failingSince === undefined ? {} : { failingSince };
  if (round.isDown) {
    const pauses = (queue.pauses ?? 0) + 1;
    const pausedUntil = new Date(now.getTime() + backoffAfter(pauses)).toISOString();
    return [{ added, pauses, pausedUntil, ...failing }, pausedUntil];
  }
  return [{ added, ...failing }, round.isOver ? round.nextAt : now.toISOString()];
}

/** What came of one round through the queue of a webhook. */
type Round = {
  taken: number;
  refused: number;
  refusedAt?: string;
  lastError?: string;
  /** When the earliest of those that wait is to be tried again. */
  nextAt?: string;
  isDown: boolean;
  /** The receiver says that it is there no more. */
  isGone: boolean;
  /** Whether all were looked at. */
  isOver: boolean;
};

async function sendPending(partnerId: string, webhook: WebhookRecord, requests: Requests): Promise<Round> {
  const round: Round = { taken: 0, refused: 0, isDown: false, isGone: false, isOver: false };
  const endsAt = Date.now() + ROUND_MS;
  const goesOn = () => Date.now() < endsAt && !round.isDown && !round.isGone;
  const connections = openConnections(webhook.url);
  const sending: Sending = {
    partnerId,
    webhook,
    round,
    waiting: new Set(),
    goesOn,
    requests,
    window: FIRST_WINDOW,
    connections,
  };
  let position: string | undefined;
  try {
    do {
      const { items, last } = await queryPending(partnerId, webhook.id, PENDING_PER_READ, position);
      await sendPage(sending, items);
      position = last;
    } while (position !== undefined && goesOn());
  } finally {
    connections.destroy();
  }
  round.isOver = position === undefined && goesOn();
  return round;
}

type Sending = {
  partnerId: string;
  webhook: WebhookRecord;
  round: Round;
  /** Lanes of which one event waits, and so all behind it. */
  waiting: Set<string>;
  goesOn: () => boolean;
  requests: Requests;
  /** How many requests the receiver gets at a time now. */
  window: number;
  connections: Connections;
};

/** Sends the events of a page, lanes beside each other: as many as the receiver and the function can take. */
async function sendPage(sending: Sending, items: readonly PendingDelivery[]): Promise<void> {
  const { partnerId, webhook, waiting, goesOn, requests } = sending;
  const now = clock.now().toISOString();
  const due = new Map<string, PendingDelivery[]>();
  for (const [lane, pending] of Map.groupBy(items, deliveryLaneOf)) {
    const [first] = pending;
    if (waiting.has(lane)) {
      continue;
    }
    if (first?.nextAttemptAt !== undefined && first.nextAttemptAt > now) {
      waitFor(sending, lane, first.nextAttemptAt);
    } else {
      due.set(lane, pending);
    }
  }
  const ids = [...due.values()].flat().map(({ deliveryId }) => deliveryId);
  const deliveries = await getDeliveries(partnerId, webhook.id, ids);
  const underWay = new Set<Promise<void>>();
  const isFull = () =>
    underWay.size >= sending.window || (underWay.size >= FIRST_WINDOW && requests.underWay >= MAX_REQUESTS);
  for (const [lane, pending] of due) {
    while (isFull() && underWay.size > 0) {
      await Promise.race(underWay);
    }
    if (!goesOn()) {
      break;
    }
    requests.underWay += 1;
    const one = sendLane(sending, lane, pending, deliveries).finally(() => {
      requests.underWay -= 1;
      underWay.delete(one);
    });
    underWay.add(one);
  }
  await Promise.all(underWay);
}

/** Sends the events of one lane, until one is not taken: those behind it wait for it. One that breaks holds up no other lane. */
async function sendLane(
  sending: Sending,
  lane: string,
  pending: readonly PendingDelivery[],
  deliveries: ReadonlyMap<string, DeliveryRecord>,
): Promise<void> {
  const { partnerId, webhook, goesOn } = sending;
  for (const pointer of pending) {
    const delivery = deliveries.get(pointer.deliveryId);
    if (!goesOn()) {
      return;
    }
    // Without its delivery a pointer has expired with it, and DynamoDB removes it, too.
    if (!delivery) {
      continue;
    }
    try {
      const isTaken = await sendOne(sending, lane, delivery);
      if (!isTaken) {
        return;
      }
    } catch (error) {
      logger.error('event not sent', { partnerId, webhookId: webhook.id, deliveryId: delivery.id, error });
      await attemptBroke(sending, lane, pointer, delivery, error);
      return;
    }
  }
}

/** @returns whether the next event of the lane may be sent. */
async function sendOne(sending: Sending, lane: string, delivery: DeliveryRecord): Promise<boolean> {
  const { partnerId, webhook } = sending;
  if (delivery.state !== 'pending') {
    await removePending(partnerId, webhook.id, delivery);
    return true;
  }
  const sentAt = Date.now();
  const outcome = await send(sending, delivery);
  sending.window = nextWindow(sending.window, { ok: outcome.ok, tookMs: Date.now() - sentAt });
  const now = clock.now();
  const tried = afterAttempt(delivery, outcome, now);
  count(sending.round, outcome, now);
  await saveDeliveryAttempt(partnerId, webhook.id, tried);
  if (outcome.ok) {
    recordMetric('WebhookLag', (now.getTime() - Date.parse(delivery.since)) / 1000);
  }
  if (tried.state === 'pending') {
    waitFor(sending, lane, tried.nextAttemptAt ?? '');
    return false;
  }
  return true;
}

/** An attempt that broke on our side, whatever the receiver did: tried again later and later, and at last set aside. */
async function attemptBroke(
  sending: Sending,
  lane: string,
  pointer: PendingDelivery,
  delivery: DeliveryRecord,
  error: unknown,
): Promise<void> {
  const { partnerId, webhook } = sending;
  const now = clock.now();
  const failures = (pointer.failures ?? 0) + 1;
  const nextAttemptAt = new Date(now.getTime() + backoffAfter(failures)).toISOString();
  waitFor(sending, lane, nextAttemptAt);
  try {
    if (failures < MAX_FAILURES) {
      await postponePending(partnerId, webhook.id, delivery, { failures, nextAttemptAt });
      recordMetric('LooksFailed', 1);
    } else {
      await deadLetter({ kind: 'delivery', partnerId, webhookId: webhook.id, id: delivery.id }, String(error), now);
      await removePending(partnerId, webhook.id, delivery);
      recordMetric('SetAside', 1);
    }
  } catch (cause) {
    logger.error('event not postponed', { partnerId, webhookId: webhook.id, deliveryId: delivery.id, error: cause });
  }
}

function waitFor({ round, waiting }: Sending, lane: string, at: string): void {
  waiting.add(lane);
  round.nextAt = round.nextAt === undefined || at < round.nextAt ? at : round.nextAt;
}

function count(round: Round, outcome: PostOutcome, now: Date): void {
  if (outcome.ok) {
    round.taken += 1;
    return;
  }
  round.refused += 1;
  round.refusedAt ??= now.toISOString();
  round.lastError = outcome.error ?? '';
  round.isDown = round.taken === 0 && round.refused >= DOWN_AFTER;
  round.isGone ||= outcome.status === 410;
}

function send({ webhook, connections }: Sending, { eventId, body }: DeliveryRecord) {
  const secrets = validSecrets(webhook, clock.now());
  const headers = signedHeaders(secrets, eventId, body, Math.floor(Date.now() / 1000));
  return post(webhook.url, { body, headers, local: process.env.STAGE === 'local', connections });
}
