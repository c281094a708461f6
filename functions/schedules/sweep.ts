import { clock } from '../../adapters/clock.ts';
import { dueRuns, runOf } from '../../adapters/dynamodb/runs.ts';
import { checkRun } from '../../use-cases/check-run.ts';
import { processDue } from '../background/process-due.ts';
import { createSchedule } from '../background/schedule.ts';

/** DescribeExecution is limited to 15 calls a second. Three concurrent calls leave most of that to others. */
const CONCURRENCY = 3;

/** Starts scheduled operations that are due, and resumes orders and operations whose execution stopped. */
export const handler = createSchedule(async (hasTime) => {
  await processDue(hasTime, {
    kind: 'work',
    size: 200,
    concurrency: CONCURRENCY,
    find: (limit) => dueRuns(clock.now(), limit),
    process: (run) => checkRun(runOf(run)),
  });
});
