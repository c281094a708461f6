import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { logger, publishMetrics } from '../http/telemetry.ts';

/** What is not begun in the last seconds of an invocation is left to the next one. */
const RESERVE_MS = 15_000;

/** The handler of a schedule: logs and metrics round its work, which gets whether there is time for more. */
export function schedule(work: (hasTime: () => boolean) => Promise<void>) {
  return middy<unknown, void, Error, Context>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(publishMetrics)
    .handler((_event, context) => work(() => context.getRemainingTimeInMillis() > RESERVE_MS));
}
