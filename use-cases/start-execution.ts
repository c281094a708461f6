import type { RunInput } from '../adapters/dynamodb/runs.ts';
import { startRun } from '../adapters/step-functions.ts';
import { correlation, logger } from '../adapters/telemetry/logger.ts';

/**
 * Starts the first execution of a new order or operation. A failed start is only logged, because the order or operation is
 * stored and the sweep starts it.
 */
export async function startExecution(input: RunInput, attempt = 1): Promise<void> {
  try {
    await startRun(input, attempt);
  } catch (error) {
    logger.error('execution not started: retried by the sweep', {
      ...correlation(input.id),
      error: error instanceof Error ? error : new Error(String(error)),
    });
  }
}
