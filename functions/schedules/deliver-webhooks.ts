import pMap from 'p-map';
import { clock } from '../../adapters/clock.ts';
import {
  dueWebhooks,
  endQueue,
  getDelivery,
  holdQueue,
  keepDelivery,
  letQueueGo,
  type Pending,
  type Queue,
  queryPending,
} from '../../adapters/dynamodb/deliveries.ts';
import { webhookQueueKey } from '../../adapters/dynamodb/keys.ts';
import { disableWebhook, getWebhook, type WebhookRecord } from '../../adapters/dynamodb/webhooks.ts';
import { type PostOutcome, post } from '../../adapters/webhooks/post.ts';
import { signedHeaders } from '../../adapters/webhooks/signature.ts';
import { afterAttempt, isGivenUp, pauseAfter, secretsAt } from '../../domain/webhook.ts';
import { logger, measure } from '../http/telemetry.ts';
import { schedule, workOffSideBySide } from './schedule.ts';

const WEBHOOKS_AT_A_TIME = 100;
/** How many requests one receiver has at a time. */
const REQUESTS_AT_A_TIME = 4;
const PENDING_PER_READ = 200;
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
export const handler = schedule(async (hasTime) => {
  const startedAt = Date.now();
  await workOffSideBySide(() => hasTime() && Date.now() - startedAt < BEGINS_FOR_MS, {
    kind: 'webhooks',
    find: (limit) => dueWebhooks(clock.now(), limit),
    keyOf: ({ partnerId, webhookId }) => webhookQueueKey(partnerId, webhookId),
    look: ({ partnerId, webhookId }) => look(partnerId, webhookId),
    atATime: WEBHOOKS_AT_A_TIME,
  });
});

async function look(partnerId: string, webhookId: string): Promise<void> {
  const queue = await holdQueue(partnerId, webhookId, clock.now(), Date.now() + HELD_FOR_MS);
  if (!queue) {
    return;
  }
  const webhook = await getWebhook(partnerId, webhookId);
  if (!webhook?.enabled) {
    return endQueue(partnerId, webhookId);
  }
  const round = await sendPending(partnerId, webhook);
  const now = clock.now();
  measure('EventsDelivered', round.taken);
  measure('DeliveriesFailed', round.refused);
  const failingSince = round.taken > 0 ? undefined : (queue.failingSince ?? round.refusedAt);
  if (round.isGone || (failingSince !== undefined && round.refused > 0 && isGivenUp(failingSince, now))) {
    const reason = round.isGone
      ? { code: 'gone', detail: 'The receiver responded with 410 Gone.' }
      : {
          code: 'failing',
          detail: `The receiver has not accepted any event for a day. Last error: ${round.lastError}`,
        };
    logger.warn('webhook disabled', { partnerId, webhookId, code: reason.code });
    await disableWebhook(partnerId, webhook, { ...reason, at: now.toISOString() });
    return endQueue(partnerId, webhookId);
  }
  await letQueueGo(partnerId, webhookId, ...after(queue, round, failingSince, now), now);
}

/** How the queue is left, and when it is due next. */
function after(queue: Queue, round: Round, failingSince: string | undefined, now: Date): [Queue, string | undefined] {
  const { added } = queue;
  const failing = failingSince === undefined ? {} : { failingSince };
  if (round.isDown) {
    const pauses = (queue.pauses ?? 0) + 1;
    const pausedUntil = new Date(now.getTime() + pauseAfter(pauses)).toISOString();
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

async function sendPending(partnerId: string, webhook: WebhookRecord): Promise<Round> {
  const round: Round = { taken: 0, refused: 0, isDown: false, isGone: false, isOver: false };
  const endsAt = Date.now() + ROUND_MS;
  const goesOn = () => Date.now() < endsAt && !round.isDown && !round.isGone;
  /** Subjects of which one waits, and so all after it. */
  const waiting = new Set<string>();
  let position: string | undefined;
  do {
    const { items, last } = await queryPending(partnerId, webhook.id, PENDING_PER_READ, position);
    await pMap(bySubject(items), (lane) => sendLane(partnerId, webhook, lane, { round, waiting, goesOn }), {
      concurrency: REQUESTS_AT_A_TIME,
    });
    position = last;
  } while (position !== undefined && goesOn());
  round.isOver = position === undefined && goesOn();
  return round;
}

type Sending = { round: Round; waiting: Set<string>; goesOn: () => boolean };

/** Sends the events of one subject, until one is not taken: those after it wait for it. */
async function sendLane(
  partnerId: string,
  webhook: WebhookRecord,
  lane: readonly Pending[],
  { round, waiting, goesOn }: Sending,
): Promise<void> {
  for (const { deliveryId, subject, nextAttemptAt } of lane) {
    if (!goesOn() || waiting.has(subject)) {
      return;
    }
    if (nextAttemptAt !== undefined && nextAttemptAt > clock.now().toISOString()) {
      waitFor(nextAttemptAt);
      waiting.add(subject);
      return;
    }
    const delivery = await getDelivery(partnerId, webhook.id, deliveryId);
    if (!delivery) {
      continue;
    }
    const outcome = await send(webhook, delivery);
    const now = clock.now();
    const tried = afterAttempt(delivery, outcome, now);
    await keepDelivery(partnerId, webhook.id, tried);
    count(outcome, now);
    if (outcome.ok) {
      measure('WebhookLag', (now.getTime() - Date.parse(delivery.since)) / 1000);
    }
    if (tried.state === 'pending') {
      waitFor(tried.nextAttemptAt ?? '');
      waiting.add(subject);
      return;
    }
  }

  function waitFor(at: string): void {
    round.nextAt = round.nextAt === undefined || at < round.nextAt ? at : round.nextAt;
  }

  function count(outcome: PostOutcome, now: Date): void {
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
}

function bySubject(pending: readonly Pending[]): Pending[][] {
  return [...Map.groupBy(pending, ({ subject }) => subject).values()];
}

function send(webhook: WebhookRecord, { eventId, body }: { eventId: string; body: string }) {
  const secrets = secretsAt(webhook, clock.now());
  const headers = signedHeaders(secrets, eventId, body, Math.floor(Date.now() / 1000));
  return post(webhook.url, { body, headers, local: process.env.STAGE === 'local' });
}
