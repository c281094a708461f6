import { clock } from '../../adapters/clock.ts';
import { leaseQueue, type Queue, releaseLease, releaseQueue, removeQueue } from '../../adapters/dynamodb/deliveries.ts';
import { disableWebhook, getWebhook } from '../../adapters/dynamodb/webhooks.ts';
import { logger } from '../../adapters/telemetry/logger.ts';
import { recordMetric } from '../../adapters/telemetry/metrics.ts';
import type { PartnerId, WebhookId } from '../../domain/ids.ts';
import { QUEUE_LEASE_MS } from '../../domain/retry-policies.ts';
import { backoffAfter, hasFailedTooLong } from '../../domain/webhook.ts';
import { type OpenRequests, type Round, sendPending } from './send-pending.ts';

/**
 * Sends a webhook the events in its queue.
 *
 * 1. Leases the queue, unless another run has the lease.
 * 2. Removes the queue of a webhook that is deleted or disabled.
 * 3. Sends the events that are due.
 * 4. Disables a webhook whose receiver is gone, or has accepted nothing for a day.
 * 5. Releases the queue until its next event is due, or pauses it while the receiver is down.
 *
 * @param requests the open requests of this invocation, shared by all webhooks.
 */
export async function deliverEvents(partnerId: PartnerId, webhookId: WebhookId, requests: OpenRequests): Promise<void> {
  const queue = await leaseQueue(partnerId, webhookId, clock.now(), Date.now() + QUEUE_LEASE_MS);
  if (!queue) {
    return;
  }
  try {
    await workQueue(partnerId, webhookId, queue, requests);
  } catch (error) {
    // Best effort: the lease expires anyway.
    await releaseLease(partnerId, webhookId, queue.heldBy).catch((cause: unknown) =>
      logger.warn('lease of a queue not released', { partnerId, webhookId, error: cause }),
    );
    throw error;
  }
}

async function workQueue(
  partnerId: PartnerId,
  webhookId: WebhookId,
  queue: Queue,
  requests: OpenRequests,
): Promise<void> {
  const webhook = await getWebhook(partnerId, webhookId);
  if (!webhook?.enabled) {
    return removeQueue(partnerId, webhookId);
  }
  const round = await sendPending(partnerId, webhook, requests);
  const now = clock.now();
  recordMetric('EventsDelivered', round.delivered);
  recordMetric('DeliveriesFailed', round.failed);
  const failingSince = round.delivered > 0 ? undefined : (queue.failingSince ?? round.failedAt);
  const reason = reasonToDisable(round, failingSince, now);
  if (reason) {
    logger.warn('webhook disabled', { partnerId, webhookId, code: reason.code });
    await disableWebhook(partnerId, webhook, { ...reason, at: now.toISOString() });
    return removeQueue(partnerId, webhookId);
  }
  const { nextAt, ...next } = queueAfter(queue, round, failingSince, now);
  await releaseQueue(partnerId, webhookId, next, nextAt, now);
}

function reasonToDisable(round: Round, failingSince: string | undefined, now: Date) {
  if (round.isGone) {
    return { code: 'gone', detail: 'The receiver responded with 410 Gone.' };
  }
  return failingSince !== undefined && round.failed > 0 && hasFailedTooLong(failingSince, now)
    ? {
        code: 'failing',
        detail: `The receiver has not accepted any event for a day. Last error: ${round.lastError}`,
      }
    : undefined;
}

/** The queue after a round, and when it is due next: `undefined` until another event is added. */
function queueAfter(
  queue: Queue,
  round: Round,
  failingSince: string | undefined,
  now: Date,
): Queue & { nextAt: string | undefined } {
  const { added } = queue;
  const failing = failingSince === undefined ? {} : { failingSince };
  if (round.isDown) {
    const pauses = (queue.pauses ?? 0) + 1;
    const pausedUntil = new Date(now.getTime() + backoffAfter(pauses)).toISOString();
    return { added, pauses, pausedUntil, ...failing, nextAt: pausedUntil };
  }
  return { added, ...failing, nextAt: round.isComplete ? round.nextAt : now.toISOString() };
}
