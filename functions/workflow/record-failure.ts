import * as z from 'zod/mini';
import { runOf } from '../../adapters/dynamodb/runs.ts';
import { recordFailure } from '../../use-cases/record-failure.ts';
import { createTask, runInput } from '../background/task.ts';

const input = z.extend(runInput, { error: z.object({ Error: z.string(), Cause: z.optional(z.string()) }) });

/** Records why an execution failed on its order or operation. */
export const handler = createTask(input, async ({ error, ...item }) => {
  await recordFailure(runOf(item), error);
  return {};
});
