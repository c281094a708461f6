import { clock } from '../../adapters/clock.ts';
import { ConditionFailed } from '../../adapters/dynamodb/items.ts';
import { type Key, operationKey, orderKey } from '../../adapters/dynamodb/keys.ts';
import { getOperation } from '../../adapters/dynamodb/operations.ts';
import { getOrder } from '../../adapters/dynamodb/orders.ts';
import { claimNextAttempt, dueRuns, type RunInput, scheduleNextCheck } from '../../adapters/dynamodb/runs.ts';
import { runStatus, startRun } from '../../adapters/step-functions.ts';
import { correlation, logger } from '../../adapters/telemetry/logger.ts';
import { recordMetric } from '../../adapters/telemetry/metrics.ts';
import { createSchedule, processDue } from '../background/schedule.ts';

const RUNS_PER_LOOK = 200;
/** DescribeExecution refills at 15 calls a second: three at a time leave most of its bucket to others. */
const AT_A_TIME = 3;

/**
 * Looks after orders and operations that should be running: starts those whose time has come and those that were written
 * and never started, and resumes with another execution those whose execution stopped before they were done.
 */
export const handler = createSchedule(async (hasTime) => {
  await processDue(hasTime, {
    size: RUNS_PER_LOOK,
    kind: 'work',
    find: (limit) => dueRuns(clock.now(), limit),
    keyOf,
    process: look,
    concurrency: AT_A_TIME,
  });
});

function keyOf({ kind, partnerId, id }: RunInput): Key {
  return kind === 'order' ? orderKey(partnerId, id) : operationKey(partnerId, id);
}

async function look(run: RunInput): Promise<void> {
  const { kind, partnerId, id } = run;
  const record = kind === 'order' ? await getOrder(partnerId, id) : await getOperation(partnerId, id);
  const attempt = record?.runAttempt;
  if (attempt === undefined) {
    return;
  }
  const key = keyOf(run);
  const status = await runStatus(run, attempt);
  const now = clock.now();
  // Sweeps may overlap: only the one that claims the next attempt starts it.
  const ended = status === 'ended';
  const next = ended ? await claimNextAttempt(key, attempt, now) : (await isStillDue(key, now)) ? attempt : undefined;
  if (next === undefined || status === 'running') {
    return;
  }
  if (record?.state === 'scheduled') {
    logger.info('begins at its time', { kind, partnerId, ...correlation(id) });
  } else {
    logger.warn('resumed by the sweep', { kind, partnerId, ...correlation(id), attempt: next, status });
    recordMetric('RunsResumed', 1);
  }
  await startRun(run, next);
}

/** Puts off the next look. @returns false when the work was finished meanwhile: nothing is left to look after. */
async function isStillDue(key: Key, now: Date): Promise<boolean> {
  try {
    await scheduleNextCheck(key, now);
    return true;
  } catch (error) {
    if (error instanceof ConditionFailed) {
      return false;
    }
    throw error;
  }
}
