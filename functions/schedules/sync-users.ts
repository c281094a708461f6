import { logger } from '../../adapters/telemetry/logger.ts';
import { syncUsers } from '../../use-cases/access/sync-users.ts';
import { createSchedule } from '../background/schedule.ts';

/** Repairs the copies of users in the table after changes in the user pool itself, or interrupted requests. */
export const handler = createSchedule(async (hasTime) => {
  const differing = await syncUsers(hasTime);
  if (differing > 0) {
    logger.info('users differed from the user pool', { differing });
  }
});
