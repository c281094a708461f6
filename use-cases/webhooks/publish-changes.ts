import pMap from 'p-map';
import { clock } from '../../adapters/clock.ts';
import { changesIn, laneOf, type StreamRecord } from '../../adapters/dynamodb/changes.ts';
import { deadLetter } from '../../adapters/dynamodb/dead-letters.ts';
import { markWebhookDue, queueDelivery, queueItem } from '../../adapters/dynamodb/deliveries.ts';
import { saveFailedChange } from '../../adapters/dynamodb/failed-changes.ts';
import { isPermanent } from '../../adapters/dynamodb/failures.ts';
import { allWebhooks } from '../../adapters/dynamodb/webhooks.ts';
import { logger } from '../../adapters/telemetry/logger.ts';
import { recordMetric } from '../../adapters/telemetry/metrics.ts';
import type { PartnerId, WebhookId } from '../../domain/ids.ts';
import { memoize } from '../../domain/memoize.ts';
import { CHANGE_RETRIES_MS } from '../../domain/retry-policies.ts';
import { subscribesTo } from '../../domain/webhook.ts';
import { eventOf } from './events.ts';

/** The number of lanes of a batch that are published concurrently. */
const CONCURRENT_LANES = 32;

/**
 * Converts the table's changes to events, and queues each event for every webhook that subscribes to it.
 *
 * 1. Publishes the records of a lane in order, and lanes concurrently. A record that fails does not affect other lanes.
 * 2. Stores a record that would fail again, for a schedule to retry, and continues with the next one.
 * 3. Makes every webhook with new events due.
 *
 * @returns the records that the stream must deliver again: the first failed record of a lane and those after it. Events that
 *   were queued already are not queued twice.
 */
export async function publishChanges(records: readonly StreamRecord[]): Promise<StreamRecord[]> {
  const publisher = createPublisher(clock.now());
  const lanes = [...Map.groupBy(records, laneOf).values()];
  const failed = await pMap(lanes, (lane) => publishLane(lane, publisher), { concurrency: CONCURRENT_LANES });
  await publisher.markWebhooksDue();
  return failed.flat();
}

async function publishLane(lane: readonly StreamRecord[], publisher: Publisher): Promise<readonly StreamRecord[]> {
  for (const [position, record] of lane.entries()) {
    try {
      await publisher.publish(record);
    } catch (error) {
      if (!(await saveUnlessTransient(record, error))) {
        return lane.slice(position);
      }
    }
  }
  return [];
}

/** Stores a failed record for a later retry, unless the error is transient. @returns whether it is stored. */
async function saveUnlessTransient(record: StreamRecord, error: unknown): Promise<boolean> {
  const { Keys: key, SequenceNumber: sequenceNumber, ApproximateCreationDateTime: seconds } = record.dynamodb ?? {};
  const details = { key, sequenceNumber, error };
  const isOld = seconds !== undefined && Date.now() - seconds * 1000 > CHANGE_RETRIES_MS;
  if (!isPermanent(error) && !isOld) {
    logger.warn('events of a change not queued: retried', details);
    return false;
  }
  try {
    await saveFailedChange(record, clock.now());
  } catch (cause) {
    logger.error('failed change not saved: retried', { ...details, cause });
    return false;
  }
  logger.error('events of a change not queued: saved for later', details);
  recordMetric('AttemptsFailed', 1);
  return true;
}

/** Queues the events of records for the webhooks that subscribe to them. */
export type Publisher = {
  /** @throws the error of an event that failed, after the other webhooks of that event. */
  publish(record: StreamRecord): Promise<void>;
  /** Makes every webhook with new events due, with one update each. Call it at the end. */
  markWebhooksDue(): Promise<void>;
};

/** A publisher for a batch of records. It reads the webhooks of each partner once. */
export function createPublisher(now: Date): Publisher {
  const webhooksOf = memoize(allWebhooks);
  const queued = new Map<string, { partnerId: PartnerId; webhookId: WebhookId; events: number }>();

  function countQueued(partnerId: PartnerId, webhookId: WebhookId): void {
    const name = `${partnerId} ${webhookId}`;
    const { events } = queued.get(name) ?? { events: 0 };
    queued.set(name, { partnerId, webhookId, events: events + 1 });
  }

  return {
    async publish(record) {
      for (const change of changesIn(record)) {
        const { partnerId } = change;
        const event = eventOf(change);
        const webhooks = event ? await webhooksOf(partnerId) : [];
        await settleAll(
          webhooks.map(async (webhook) => {
            if (event && subscribesTo(webhook, event) && (await queueDelivery(partnerId, webhook.id, event, now))) {
              countQueued(partnerId, webhook.id);
            }
          }),
        );
      }
    },

    async markWebhooksDue() {
      await settleAll(
        [...queued.values()].map(async ({ partnerId, webhookId, events }) => {
          try {
            await markWebhookDue(partnerId, webhookId, now, events);
          } catch (error) {
            if (!isPermanent(error)) {
              throw error;
            }
            // A damaged queue affects no other webhook: its events wait in it until it is repaired and redriven.
            logger.error('events of a webhook not queued', { partnerId, webhookId, error });
            await deadLetter({ kind: 'due', ...queueItem(partnerId, webhookId) }, String(error), now);
            recordMetric('DeadLettered', 1);
          }
          recordMetric('EventsPublished', events);
        }),
      );
      queued.clear();
    },
  };
}

/** Waits for all promises, then throws if one was rejected. */
async function settleAll(promises: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(promises);
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  if (errors.length > 0) {
    throw errors.length === 1 ? errors[0] : new AggregateError(errors, String(errors[0]));
  }
}
