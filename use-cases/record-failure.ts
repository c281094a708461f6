import * as z from 'zod/mini';
import { clock } from '../adapters/clock.ts';
import { deadLetter } from '../adapters/dynamodb/dead-letters.ts';
import { changeOperation, getOperation } from '../adapters/dynamodb/operations.ts';
import type { RunInput } from '../adapters/dynamodb/runs.ts';
import { logger } from '../adapters/telemetry/logger.ts';
import { recordMetric } from '../adapters/telemetry/metrics.ts';
import type { OperationId, PartnerId } from '../domain/ids.ts';
import { wasRunning } from '../domain/operation.ts';
import { failOperation } from '../domain/operation-steps.ts';
import { markOrderFailed } from '../domain/order-steps.ts';
import type { Problem } from '../domain/verdict.ts';
import { applyOrderStep } from './orders/apply-order-step.ts';
import { stepsSoFar } from './sims/next-step-of-replacement.ts';
import { tryCountRemainingResults } from './sims/result-counter.ts';

/** An error as Step Functions reports it. */
export type ExecutionError = { Error: string; Cause?: string | undefined };

/**
 * Records that an execution failed.
 *
 * 1. Dead-letters the order or operation, so that the platform can redrive it.
 * 2. Fails the order, and the operations of its plan that were running; or the operation.
 */
export async function recordFailure(run: RunInput, error: ExecutionError): Promise<void> {
  const { kind, partnerId, id } = run;
  const at = clock.now().toISOString();
  const failure = failureOf(error);
  // An operator that does not deliver or answer is not an internal error.
  const level = failure.code === 'internal_error' ? 'error' : 'warn';
  logger[level]('execution failed', { failure, error });
  recordMetric('RunsFailed', 1, { kind, code: failure.code });
  await deadLetter(run, `${failure.code}: ${messageOf(error.Cause ?? error.Error)}`, clock.now());
  if (kind === 'operation') {
    const operation = await getOperation(partnerId, id);
    const steps = operation ? await stepsSoFar(partnerId, operation) : [];
    await Promise.all([...steps, id].map((each) => fail(partnerId, each, failure, at)));
    return;
  }
  const stepped = await applyOrderStep(partnerId, id, (order) => markOrderFailed(order, failure, at));
  await Promise.all(
    (stepped?.order.operations ?? []).map(({ operationId }) => fail(partnerId, operationId, failure, at)),
  );
}

/** Fails an operation, with the results that it has so far. */
async function fail(partnerId: PartnerId, id: OperationId, failure: Problem, at: string): Promise<void> {
  const operation = await getOperation(partnerId, id);
  if (operation && wasRunning(operation)) {
    await tryCountRemainingResults(partnerId, operation);
  }
  await changeOperation(partnerId, id, (current) => failOperation(current, failure, at));
}

function failureOf({ Error: name, Cause: cause = '' }: ExecutionError): Problem {
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

/** The message in a cause: JSON for the error of a function, otherwise a sentence. */
function messageOf(cause: string): string {
  try {
    const parsed: unknown = JSON.parse(cause);
    return z.object({ errorMessage: z.string() }).parse(parsed).errorMessage;
  } catch {
    return cause;
  }
}
