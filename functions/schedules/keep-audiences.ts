import { logger } from '../../adapters/telemetry/logger.ts';
import { syncAudiences } from '../../use-cases/access/sync-audiences.ts';
import { createSchedule } from '../background/schedule.ts';

/**
 * Repairs the audiences that the API accepts, after a deployment reset them to the list of its template, or after the creation
 * or revocation of a client was interrupted.
 */
export const handler = createSchedule(async () => {
  const result = await syncAudiences();
  if (result === 'updated') {
    logger.info('audiences updated');
  } else if (result === 'too many') {
    logger.error('more clients in the user pool than the API can accept');
  }
});
