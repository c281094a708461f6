import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { logger } from '../../adapters/telemetry/logger.ts';
import { publishChanges } from '../../use-cases/webhooks/publish-changes.ts';
import { metricsMiddleware } from '../background/metrics-middleware.ts';

/** Publishes the table's changes as events, and reports the records that the stream must deliver again. */
export const handler = middy<DynamoDBStreamEvent, DynamoDBBatchResponse, Error, Context>()
  .use(injectLambdaContext(logger, { resetKeys: true }))
  .use(metricsMiddleware)
  .handler(async ({ Records }) => {
    const failed = await publishChanges(Records);
    return {
      batchItemFailures: failed.map((record) => ({ itemIdentifier: record.dynamodb?.SequenceNumber ?? '' })),
    };
  });
