import { clock } from '../../adapters/clock.ts';
import { dueRuns, keyOfRun } from '../../adapters/dynamodb/runs.ts';
import { checkRun } from '../../use-cases/check-run.ts';
import { processDue } from '../background/process-due.ts';
import { createSchedule } from '../background/schedule.ts';

/** DescribeExecution refills at 15 calls a second: three at a time leave most of its bucket to others. */
const CONCURRENCY = 3;

/** Starts orders and operations whose time has come, and resumes those whose execution stopped. */
export const handler = createSchedule(async (hasTime) => {
  await processDue(hasTime, {
    kind: 'work',
    size: 200,
    concurrency: CONCURRENCY,
    find: (limit) => dueRuns(clock.now(), limit),
    keyOf: keyOfRun,
    process: checkRun,
  });
});
