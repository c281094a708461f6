import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { retryInBackground } from '../../adapters/dynamodb/client.ts';
import { correlation, logger } from '../../adapters/telemetry/logger.ts';
import type { OperationId } from '../../domain/ids.ts';
import { metricsMiddleware } from './metrics-middleware.ts';

const partnerId = z.string().brand<'partner'>();

/** The input of a task that works on an order. */
export const orderInput = z.object({ partnerId, id: z.string().brand<'order'>() });

/** The input of a task that works on an operation. */
export const operationInput = z.object({ partnerId, id: z.string().brand<'operation'>() });

/** The input of a task that works on either: `runOf` reads it. */
export const runInput = z.object({ kind: z.enum(['order', 'operation']), partnerId, id: z.string() });

/** The input of a stage's task: a shard of an operation, the page to continue with, and the number of calls in this stage run. */
export const shardInput = z.object({
  partnerId,
  operationId: z.string().brand<'operation'>(),
  shard: z.int(),
  from: z.int(),
  turn: z.int(),
});

/**
 * The input of the confirmation stage: a shard, the polling round, the page to continue with, and the SIMs that wait so far. Executions
 * of earlier releases have no `page`, which is what the last invocation returned, and no name.
 */
export const confirmInput = z.object({
  partnerId,
  operationId: z.string().brand<'operation'>(),
  shard: z.int(),
  round: z.int(),
  from: z.int(),
  waiting: z.int(),
  page: z.optional(z.object({ turn: z.optional(z.int()), hasUnrequested: z.optional(z.boolean()) })),
  execution: z.optional(z.string()),
});

/** A task starts no further work in the last seconds before its time-out. */
const RESERVE_MS = 15_000;

/**
 * The handler of a task of the state machine. It validates the input, and writes a log line and metrics for each invocation.
 *
 * @param work receives the input, and a function that returns whether there is time for more work.
 * @example
 * export const handler = createTask(itemInput, ({ partnerId, id }, hasTime) => receiveSims(partnerId, id, hasTime));
 */
export function createTask<Input extends { id: string } | { operationId: OperationId }, Output>(
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
