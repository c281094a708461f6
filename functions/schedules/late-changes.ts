import { clock } from '../../adapters/clock.ts';
import { dueLateChanges } from '../../adapters/dynamodb/late-changes.ts';
import { checkLateChange } from '../../use-cases/sims/changes/late-changes.ts';
import { processDue } from '../background/process-due.ts';
import { createSchedule } from '../background/schedule.ts';

/** Polls operators about changes of SIMs that they did not confirm by the deadline. */
export const handler = createSchedule(async (hasTime) => {
  await processDue(hasTime, {
    kind: 'lateChanges',
    size: 50,
    concurrency: 4,
    find: (limit) => dueLateChanges(clock.now(), limit),
    process: ({ key }) => checkLateChange(key, clock.now()),
  });
});
