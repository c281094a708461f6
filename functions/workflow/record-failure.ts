import * as z from 'zod/mini';
import { clock } from '../../adapters/clock.ts';
import { deadLetter } from '../../adapters/dynamodb/dead-letters.ts';
import { changeOperation, getOperation } from '../../adapters/dynamodb/operations.ts';
import { logger } from '../../adapters/telemetry/logger.ts';
import { recordMetric } from '../../adapters/telemetry/metrics.ts';
import { isOperationFinished, type Operation } from '../../domain/operation.ts';
import { markOrderFailed } from '../../domain/order.ts';
import type { Problem } from '../../domain/verdict.ts';
import { applyOrderStep } from '../../use-cases/orders/apply-order-step.ts';
import { countLeftoversIfPossible } from '../../use-cases/sims/result-counter.ts';
import { createTask, runInput } from '../background/task.ts';

const input = z.extend(runInput, { error: z.object({ Error: z.string(), Cause: z.optional(z.string()) }) });

/** Leaves on the order or operation, in words, why its execution could not go on. */
export const handler = createTask(input, async ({ kind, partnerId, id, error }) => {
  const at = clock.now().toISOString();
  const failure = failureOf(error);
  // What an operator keeps us waiting for is no error of ours.
  const told = failure.code === 'internal_error' ? 'error' : 'warn';
  logger[told]('execution failed', { failure, error });
  recordMetric('RunsFailed', 1, { kind, code: failure.code });
  await deadLetter({ kind, partnerId, id }, `${failure.code}: ${messageOf(error.Cause ?? error.Error)}`, clock.now());
  if (kind === 'order') {
    const stepped = await applyOrderStep(partnerId, id, (order) => markOrderFailed(order, failure, at));
    await Promise.all(
      (stepped?.order.operations ?? []).map(({ operationId }) => fail(partnerId, operationId, failure, at)),
    );
  } else {
    await fail(partnerId, id, failure, at);
  }
  return {};
});

/**
 * An operation that was at work has failed, with the results that it has so far; one of a plan whose turn had not come is
 * taken up when the order resumes.
 */
async function fail(partnerId: string, id: string, failure: Problem, at: string): Promise<void> {
  const operation = await getOperation(partnerId, id);
  if (operation && wasAtWork(operation)) {
    await countLeftoversIfPossible(partnerId, operation);
  }
  await changeOperation(partnerId, id, (current) =>
    wasAtWork(current) ? { ...current, state: 'failed', failure, finishedAt: at, updatedAt: at } : undefined,
  );
}

function wasAtWork({ state, planStage }: Operation): boolean {
  return !isOperationFinished({ state }) && !(planStage && state === 'queued' && !planStage.retry);
}

function failureOf({ Error: name, Cause: cause = '' }: { Error: string; Cause?: string | undefined }): Problem {
  switch (name) {
    case 'States.Timeout':
      return {
        code: 'delivery_timeout',
        detail: 'The operator did not deliver within 90 days. The order can be resumed.',
      };
    case 'OperatorUnavailable':
      return { code: 'operator_unavailable', detail: `The operator could not be reached: ${messageOf(cause)}` };
    default:
      return {
        code: 'internal_error',
        detail: 'An unexpected error occurred. Completed changes are kept. Resume the order or retry the operation.',
      };
  }
}

/** The message of an error in a cause, which for a function is a JSON document and otherwise a sentence. */
function messageOf(cause: string): string {
  try {
    const parsed: unknown = JSON.parse(cause);
    return z.object({ errorMessage: z.string() }).parse(parsed).errorMessage;
  } catch {
    return cause;
  }
}
