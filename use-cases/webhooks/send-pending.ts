import { clock } from '../../adapters/clock.ts';
import { deadLetter } from '../../adapters/dynamodb/dead-letters.ts';
import {
  type DeliveryRecord,
  getDeliveries,
  type PendingDelivery,
  postponePending,
  queryPending,
  removePending,
  saveDeliveryAttempt,
} from '../../adapters/dynamodb/deliveries.ts';
import type { WebhookRecord } from '../../adapters/dynamodb/webhooks.ts';
import { isLocalStage } from '../../adapters/environment.ts';
import { logger } from '../../adapters/telemetry/logger.ts';
import { recordMetric } from '../../adapters/telemetry/metrics.ts';
import { type Connections, openConnections, type PostOutcome, post } from '../../adapters/webhooks/post.ts';
import { signedHeaders } from '../../adapters/webhooks/signature.ts';
import type { PartnerId } from '../../domain/ids.ts';
import { DELIVERY_ROUND_MS, MAX_DELIVERY_ERRORS } from '../../domain/retry-policies.ts';
import {
  afterAttempt,
  backoffAfter,
  deliveryLaneOf,
  FAILURES_BEFORE_PAUSE,
  INITIAL_WINDOW,
  nextWindow,
  validSecrets,
} from '../../domain/webhook.ts';

/** The maximum number of open requests, besides the first window of each receiver. Lambda allows 1,024 file descriptors. */
const MAX_OPEN_REQUESTS = 500;
const PENDING_PER_READ = 1000;

/** The number of requests of an invocation that are in flight. */
export type OpenRequests = { inFlight: number };

/** The result of one pass through the queue of a webhook. */
export type Round = {
  delivered: number;
  failed: number;
  /** When the first attempt failed. */
  failedAt?: string;
  lastError?: string;
  /** When the earliest postponed event is due. */
  nextAt?: string;
  isDown: boolean;
  /** The receiver responded with 410 Gone. */
  isGone: boolean;
  /** Whether the pass reached the end of the queue. */
  isComplete: boolean;
};

/**
 * Sends the pending events of a webhook that are due, until the queue ends, the time is up, or the receiver is down.
 *
 * Events of one lane are sent in order: when one is postponed, those after it wait. The number of concurrent lanes adapts to
 * the receiver.
 */
export async function sendPending(
  partnerId: PartnerId,
  webhook: WebhookRecord,
  requests: OpenRequests,
): Promise<Round> {
  const round: Round = { delivered: 0, failed: 0, isDown: false, isGone: false, isComplete: false };
  const endsAt = Date.now() + DELIVERY_ROUND_MS;
  const canContinue = () => Date.now() < endsAt && !round.isDown && !round.isGone;
  const connections = openConnections(webhook.url);
  const sending: Sending = {
    partnerId,
    webhook,
    round,
    blockedLanes: new Set(),
    canContinue,
    requests,
    window: INITIAL_WINDOW,
    connections,
  };
  let position: string | undefined;
  try {
    do {
      const { items, last } = await queryPending(partnerId, webhook.id, PENDING_PER_READ, position);
      await sendPage(sending, items);
      position = last;
    } while (position !== undefined && canContinue());
  } finally {
    connections.destroy();
  }
  round.isComplete = position === undefined && canContinue();
  return round;
}

type Sending = {
  partnerId: PartnerId;
  webhook: WebhookRecord;
  round: Round;
  /** Lanes with a postponed event. All later events of the lane wait for it. */
  blockedLanes: Set<string>;
  canContinue: () => boolean;
  requests: OpenRequests;
  /** The current number of concurrent requests to the receiver. */
  window: number;
  connections: Connections;
};

/** Sends the due events of a page, lanes concurrently. */
async function sendPage(sending: Sending, items: readonly PendingDelivery[]): Promise<void> {
  const { partnerId, webhook, canContinue, requests } = sending;
  const dueLanes = selectDueLanes(sending, items);
  const ids = [...dueLanes.values()].flat().map(({ deliveryId }) => deliveryId);
  const deliveries = await getDeliveries(partnerId, webhook.id, ids);
  const inFlight = new Set<Promise<void>>();
  const isFull = () =>
    inFlight.size >= sending.window || (inFlight.size >= INITIAL_WINDOW && requests.inFlight >= MAX_OPEN_REQUESTS);
  for (const [lane, pending] of dueLanes) {
    while (isFull() && inFlight.size > 0) {
      await Promise.race(inFlight);
    }
    if (!canContinue()) {
      break;
    }
    requests.inFlight += 1;
    const sent = sendLane(sending, lane, pending, deliveries).finally(() => {
      requests.inFlight -= 1;
      inFlight.delete(sent);
    });
    inFlight.add(sent);
  }
  await Promise.all(inFlight);
}

/** The lanes whose first event is due. The others are blocked. */
function selectDueLanes(sending: Sending, items: readonly PendingDelivery[]): Map<string, PendingDelivery[]> {
  const now = clock.now().toISOString();
  const dueLanes = new Map<string, PendingDelivery[]>();
  for (const [lane, pending] of Map.groupBy(items, deliveryLaneOf)) {
    const nextAttemptAt = pending[0]?.nextAttemptAt;
    if (sending.blockedLanes.has(lane)) {
      continue;
    }
    if (nextAttemptAt !== undefined && nextAttemptAt > now) {
      blockLane(sending, lane, nextAttemptAt);
    } else {
      dueLanes.set(lane, pending);
    }
  }
  return dueLanes;
}

/** Sends the events of one lane until one is postponed. An error in one lane does not affect others. */
async function sendLane(
  sending: Sending,
  lane: string,
  pending: readonly PendingDelivery[],
  deliveries: ReadonlyMap<string, DeliveryRecord>,
): Promise<void> {
  const { partnerId, webhook, canContinue } = sending;
  for (const pointer of pending) {
    const delivery = deliveries.get(pointer.deliveryId);
    if (!canContinue()) {
      return;
    }
    // The delivery has expired. Its pointer expires at the same time, and DynamoDB removes it.
    if (!delivery) {
      continue;
    }
    try {
      if (!(await sendDelivery(sending, lane, delivery))) {
        return;
      }
    } catch (error) {
      logger.error('event not sent', { partnerId, webhookId: webhook.id, deliveryId: delivery.id, error });
      await postponeAfterError(sending, lane, pointer, delivery, error);
      return;
    }
  }
}

/** @returns whether the next event of the lane may be sent. */
async function sendDelivery(sending: Sending, lane: string, delivery: DeliveryRecord): Promise<boolean> {
  const { partnerId, webhook } = sending;
  if (delivery.state !== 'pending') {
    await removePending(partnerId, webhook.id, delivery);
    return true;
  }
  const sentAt = Date.now();
  const outcome = await postSigned(sending, delivery);
  sending.window = nextWindow(sending.window, { ok: outcome.ok, tookMs: Date.now() - sentAt });
  const now = clock.now();
  const attempted = afterAttempt(delivery, outcome, now);
  countAttempt(sending.round, outcome, now);
  await saveDeliveryAttempt(partnerId, webhook.id, attempted);
  if (outcome.ok) {
    recordMetric('WebhookLag', (now.getTime() - Date.parse(delivery.since)) / 1000);
  }
  if (attempted.state === 'pending') {
    blockLane(sending, lane, attempted.nextAttemptAt ?? '');
    return false;
  }
  return true;
}

function postSigned({ webhook, connections }: Sending, { eventId, body }: DeliveryRecord): Promise<PostOutcome> {
  const secrets = validSecrets(webhook, clock.now());
  const headers = signedHeaders(secrets, eventId, body, Math.floor(Date.now() / 1000));
  return post(webhook.url, { body, headers, local: isLocalStage(), connections });
}

/** Postpones an event after an internal error (not a failure of the receiver), and dead-letters it after too many of them. */
async function postponeAfterError(
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
  blockLane(sending, lane, nextAttemptAt);
  try {
    if (failures < MAX_DELIVERY_ERRORS) {
      await postponePending(partnerId, webhook.id, delivery, { failures, nextAttemptAt });
      recordMetric('AttemptsFailed', 1);
    } else {
      await deadLetter({ kind: 'delivery', partnerId, webhookId: webhook.id, id: delivery.id }, String(error), now);
      await removePending(partnerId, webhook.id, delivery);
      recordMetric('DeadLettered', 1);
    }
  } catch (cause) {
    logger.error('event not postponed', { partnerId, webhookId: webhook.id, deliveryId: delivery.id, error: cause });
  }
}

function blockLane({ round, blockedLanes }: Sending, lane: string, until: string): void {
  blockedLanes.add(lane);
  round.nextAt = round.nextAt === undefined || until < round.nextAt ? until : round.nextAt;
}

function countAttempt(round: Round, outcome: PostOutcome, now: Date): void {
  if (outcome.ok) {
    round.delivered += 1;
    return;
  }
  round.failed += 1;
  round.failedAt ??= now.toISOString();
  round.lastError = outcome.error ?? '';
  round.isDown = round.delivered === 0 && round.failed >= FAILURES_BEFORE_PAUSE;
  round.isGone ||= outcome.status === 410;
}
