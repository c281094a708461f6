import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { logger, metrics } from '../http/telemetry.ts';

/** What every task is told: whose order or operation it works on. */
export const runInput = z.object({
  kind: z.enum(['order', 'operation']),
  partnerId: z.string(),
  id: z.string(),
});

/** How long a task may go on before it says where to go on next: well before its time-out. */
const RESERVE_MS = 15_000;

/**
 * The handler of a task of the state machine: logs and metrics, and an input that is what the machine should have sent.
 *
 * @param work gets the input, and whether there is time for another page.
 */
export function task<Input, Output>(
  schema: z.ZodType<Input>,
  work: (input: Input, hasTime: () => boolean) => Promise<Output>,
) {
  return middy<unknown, Output, Error, Context>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(logMetrics(metrics))
    .handler(async (event, context) => {
      const input = schema.parse(event);
      logger.appendKeys({ task: input });
      return work(input, () => context.getRemainingTimeInMillis() > RESERVE_MS);
    });
}
