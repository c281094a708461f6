import { clock } from '../../adapters/clock.ts';
import { dueLateActivations } from '../../adapters/dynamodb/late-activations.ts';
import { checkLateActivation } from '../../use-cases/sims/activation/late-activations.ts';
import { processDue } from '../background/process-due.ts';
import { createSchedule } from '../background/schedule.ts';

/** Polls operators about activations that they did not confirm by the deadline. */
export const handler = createSchedule(async (hasTime) => {
  await processDue(hasTime, {
    kind: 'lateActivations',
    size: 50,
    concurrency: 4,
    find: (limit) => dueLateActivations(clock.now(), limit),
    process: ({ key }) => checkLateActivation(key, clock.now()),
  });
});
