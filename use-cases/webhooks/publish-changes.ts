import type { DynamoDBRecord } from 'aws-lambda';
import { changesIn } from '../../adapters/dynamodb/changes.ts';
import { deadLetter } from '../../adapters/dynamodb/dead-letters.ts';
import { markDue, queueDelivery } from '../../adapters/dynamodb/deliveries.ts';
import { isPermanent } from '../../adapters/dynamodb/items.ts';
import { due, webhookQueueKey } from '../../adapters/dynamodb/keys.ts';
import { allWebhooks } from '../../adapters/dynamodb/webhooks.ts';
import { logger } from '../../adapters/telemetry/logger.ts';
import { recordMetric } from '../../adapters/telemetry/metrics.ts';
import { memoize } from '../../domain/memoize.ts';
import { subscribesTo } from '../../domain/webhook.ts';
import { eventOf } from './events.ts';

/** Queues the events of records for the webhooks that subscribe to them. */
export type Publisher = {
  /** @throws what failed, after every other event and webhook of the record had its turn. */
  publish(record: DynamoDBRecord): Promise<void>;
  /** Makes every webhook due that got an event: one update for each, however many events those are. Called at the end. */
  wakeWebhooks(): Promise<void>;
};

/** A publisher for a batch of records: reads the webhooks of a partner once. */
export function createPublisher(now: Date): Publisher {
  const webhooksOf = memoize(allWebhooks);
  const queued = new Map<string, { partnerId: string; webhookId: string; events: number }>();

  function count(partnerId: string, webhookId: string): void {
    const name = `${partnerId} ${webhookId}`;
    const { events } = queued.get(name) ?? { events: 0 };
    queued.set(name, { partnerId, webhookId, events: events + 1 });
  }

  return {
    async publish(record) {
      const works = changesIn(record).flatMap((change) => {
        const event = eventOf(change);
        return event ? [{ partnerId: change.partnerId, event }] : [];
      });
      for (const { partnerId, event } of works) {
        const webhooks = await webhooksOf(partnerId);
        await settleAll(
          webhooks.map(async (webhook) => {
            if (subscribesTo(webhook, event) && (await queueDelivery(partnerId, webhook.id, event, now))) {
              count(partnerId, webhook.id);
            }
          }),
        );
      }
    },

    async wakeWebhooks() {
      await settleAll(
        [...queued.values()].map(async ({ partnerId, webhookId, events }) => {
          try {
            await markDue(partnerId, webhookId, now, events);
          } catch (error) {
            if (!isPermanent(error)) {
              throw error;
            }
            // A broken queue holds up no other webhook: its events wait in it until it is mended and redriven.
            logger.error('queue of a webhook broken', { partnerId, webhookId, error });
            await deadLetter(
              { kind: 'due', key: webhookQueueKey(partnerId, webhookId), duePk: due.webhooks },
              String(error),
              now,
            );
            recordMetric('SetAside', 1);
          }
          recordMetric('EventsPublished', events);
        }),
      );
      queued.clear();
    },
  };
}

/** Waits for all, and only then fails when one of them did. */
async function settleAll(works: readonly Promise<void>[]): Promise<void> {
  const errors = (await Promise.allSettled(works)).flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  if (errors.length > 0) {
    throw errors.length === 1 ? errors[0] : new AggregateError(errors, String(errors[0]));
  }
}
