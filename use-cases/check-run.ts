import { clock } from '../adapters/clock.ts';
import { getOperation } from '../adapters/dynamodb/operations.ts';
import { getOrder } from '../adapters/dynamodb/orders.ts';
import { claimNextAttempt, type RunInput, scheduleNextCheck } from '../adapters/dynamodb/runs.ts';
import { runStatus, startRun } from '../adapters/step-functions.ts';
import { correlation, logger } from '../adapters/telemetry/logger.ts';
import { recordMetric } from '../adapters/telemetry/metrics.ts';

/**
 * Checks that the execution of an order or operation is running.
 *
 * 1. Starts the execution when it is scheduled for now, or when an earlier start failed.
 * 2. Starts another execution when the previous one ended before the work was complete.
 * 3. Otherwise schedules the next check.
 *
 * Checks of the same item can overlap: only the check that claims the next attempt starts it.
 */
export async function checkRun(run: RunInput): Promise<void> {
  const { kind, partnerId, id } = run;
  const record = kind === 'order' ? await getOrder(partnerId, id) : await getOperation(partnerId, id);
  const attempt = record?.runAttempt;
  if (attempt === undefined) {
    return;
  }
  const status = await runStatus(run, attempt);
  const now = clock.now();
  const next = status === 'ended' ? await claimNextAttempt(run, attempt, now) : attempt;
  const isUnfinished = status === 'ended' ? next !== undefined : await scheduleNextCheck(run, now);
  if (next === undefined || !isUnfinished || status === 'running') {
    return;
  }
  if (record?.state === 'scheduled') {
    logger.info('scheduled run started', { kind, partnerId, ...correlation(id) });
  } else {
    logger.warn('run resumed by the sweep', { kind, partnerId, ...correlation(id), attempt: next, status });
    recordMetric('RunsResumed', 1);
  }
  await startRun(run, next);
}
