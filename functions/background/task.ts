import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { retryInBackground } from '../../adapters/dynamodb/client.ts';
import { correlation, logger } from '../../adapters/telemetry/logger.ts';
import { metricsMiddleware } from './metrics-middleware.ts';

/** What a task is told that works on an order, or on an operation: whose, and which. */
export const itemInput = z.object({ partnerId: z.string(), id: z.string() });

/** What a task is told that works on either. */
export const runInput = z.extend(itemInput, { kind: z.enum(['order', 'operation']) });

/** How long a task may go on before it says where to go on next: well before its time-out. */
const RESERVE_MS = 15_000;

/**
 * The handler of a task of the state machine: one log line and metrics an invocation, and an input that is what the machine
 * should have sent.
 *
 * @param work gets the input, and whether there is time for another page.
 */
export function createTask<Input extends { id: string } | { operationId: string }, Output>(
  schema: z.ZodMiniType<Input>,
  work: (input: Input, hasTime: () => boolean) => Promise<Output>,
) {
  retryInBackground();
  return middy<unknown, Output, Error, Context>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(metricsMiddleware)
    .handler(async (event, context) => {
      const input = schema.parse(event);
      logger.appendKeys({ task: input, ...correlation('id' in input ? input.id : input.operationId) });
      const startedAt = Date.now();
      const output = await work(input, () => context.getRemainingTimeInMillis() > RESERVE_MS);
      logger.info('task', { durationMs: Date.now() - startedAt });
      return output;
    });
}
