import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { clock } from '../../adapters/clock.ts';
import { changesIn } from '../../adapters/dynamodb/changes.ts';
import { addDelivery } from '../../adapters/dynamodb/deliveries.ts';
import { allWebhooks, type WebhookRecord } from '../../adapters/dynamodb/webhooks.ts';
import { wants } from '../../domain/webhook.ts';
import { logger, measure, publishMetrics } from '../http/telemetry.ts';
import { eventOf } from './events.ts';

const processor = new BatchProcessor(EventType.DynamoDBStreams, { logger });

/**
 * Makes events of the table's changes, and puts each into the queue of every webhook that wants it. Records are taken
 * in their order, and none after one that failed: they come again, from that one on.
 */
export const handler = middy<DynamoDBStreamEvent, DynamoDBBatchResponse, Error, Context>()
  .use(injectLambdaContext(logger, { resetKeys: true }))
  .use(publishMetrics)
  .handler((event, context) => {
    const webhooksOf = remembering(allWebhooks);
    let isBroken = false;
    const inOrder = async (record: DynamoDBRecord) => {
      if (isBroken) {
        throw new Error('It comes after one that failed.');
      }
      try {
        await publish(record, webhooksOf);
      } catch (error) {
        isBroken = true;
        const { Keys: key, SequenceNumber: sequenceNumber } = record.dynamodb ?? {};
        logger.error('no event of a change', { key, sequenceNumber, error });
        throw error;
      }
    };
    return processPartialResponse(event, inOrder, processor, { context, processInParallel: false });
  });

async function publish(
  record: DynamoDBRecord,
  webhooksOf: (partnerId: string) => Promise<readonly WebhookRecord[]>,
): Promise<void> {
  for (const change of changesIn(record)) {
    const event = eventOf(change);
    if (!event) {
      continue;
    }
    const webhooks = await webhooksOf(change.partnerId);
    const wanted = webhooks.filter((webhook) => webhook.enabled && wants(webhook, event.type));
    await Promise.all(wanted.map(({ id }) => addDelivery(change.partnerId, id, event, clock.now())));
    measure('EventsPublished', wanted.length);
  }
}

/** Asks once for each partner of a batch. */
function remembering<T>(ask: (partnerId: string) => Promise<T>): (partnerId: string) => Promise<T> {
  const answers = new Map<string, Promise<T>>();
  return (partnerId) => {
    const answer = answers.get(partnerId) ?? ask(partnerId);
    answers.set(partnerId, answer);
    return answer;
  };
}
