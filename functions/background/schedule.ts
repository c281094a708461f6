import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { retryInBackground } from '../../adapters/dynamodb/client.ts';
import { logger } from '../../adapters/telemetry/logger.ts';
import { metricsMiddleware } from './metrics-middleware.ts';

/** A schedule starts no further work in the last seconds before its time-out. The next invocation continues. */
const RESERVE_MS = 15_000;

/**
 * The handler of a schedule, with its logs and metrics.
 *
 * @param work receives a function that returns whether there is time for more work, and the event of the schedule.
 * @example
 * export const handler = createSchedule(async (hasTime) => {
 *   await processDue(hasTime, { kind: 'orders', size: 200, concurrency: 8, find, process });
 * });
 */
export function createSchedule(work: (hasTime: () => boolean, event: unknown) => Promise<void>) {
  retryInBackground();
  return middy<unknown, void, Error, Context>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(metricsMiddleware)
    .handler((event, context) => work(() => context.getRemainingTimeInMillis() > RESERVE_MS, event));
}
