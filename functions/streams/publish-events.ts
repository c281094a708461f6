import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import pMap from 'p-map';
import { clock } from '../../adapters/clock.ts';
import { laneOf } from '../../adapters/dynamodb/changes.ts';
import { saveFailedChange } from '../../adapters/dynamodb/failed-changes.ts';
import { isPermanent } from '../../adapters/dynamodb/items.ts';
import { logger } from '../../adapters/telemetry/logger.ts';
import { recordMetric } from '../../adapters/telemetry/metrics.ts';
import { createPublisher, type Publisher } from '../../use-cases/webhooks/publish-changes.ts';
import { metricsMiddleware } from '../background/metrics-middleware.ts';

/** How many subjects of a batch are worked at a time. */
const LANES_AT_A_TIME = 32;

/** For how long a record is retried from the stream, in milliseconds of real time, before it is kept for later. */
const RETRIED_FOR_MS = 10 * 60_000;

/**
 * Makes events of the table's changes, and queues each for every webhook that subscribes to it. Records of one subject are
 * worked in their order, subjects beside each other.
 *
 * A record that fails holds up no other subject. One that would fail again is kept for a schedule to retry, and the stream
 * moves on; otherwise the stream hands it over again, with those that follow it: what was queued before is queued once.
 */
export const handler = middy<DynamoDBStreamEvent, DynamoDBBatchResponse, Error, Context>()
  .use(injectLambdaContext(logger, { resetKeys: true }))
  .use(metricsMiddleware)
  .handler(async ({ Records }) => {
    const publisher = createPublisher(clock.now());
    const lanes = [...Map.groupBy(Records, laneOf).values()];
    const failed = await pMap(lanes, (lane) => workLane(lane, publisher), { concurrency: LANES_AT_A_TIME });
    await publisher.wakeWebhooks();
    return {
      batchItemFailures: failed.flat().map((record) => ({ itemIdentifier: record.dynamodb?.SequenceNumber ?? '' })),
    };
  });

/** @returns the records that the stream has to hand over again: the first that failed, and those behind it. */
async function workLane(lane: readonly DynamoDBRecord[], publisher: Publisher): Promise<readonly DynamoDBRecord[]> {
  for (const [place, record] of lane.entries()) {
    try {
      await publisher.publish(record);
    } catch (error) {
      if (!(await isKept(record, error))) {
        return lane.slice(place);
      }
    }
  }
  return [];
}

/** Keeps a failed record for later, unless it may succeed soon. @returns whether it is kept. */
async function isKept(record: DynamoDBRecord, error: unknown): Promise<boolean> {
  const { Keys: key, SequenceNumber: sequenceNumber, ApproximateCreationDateTime: seconds } = record.dynamodb ?? {};
  const about = { key, sequenceNumber, error };
  const isOld = seconds !== undefined && Date.now() - seconds * 1000 > RETRIED_FOR_MS;
  if (!isPermanent(error) && !isOld) {
    logger.warn('events of a change not queued: retried', about);
    return false;
  }
  try {
    await saveFailedChange(record, clock.now());
  } catch (cause) {
    logger.error('failed change not kept: retried', { ...about, cause });
    return false;
  }
  logger.error('events of a change not queued: kept for later', about);
  recordMetric('LooksFailed', 1);
  return true;
}
