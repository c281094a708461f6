import { logger } from '../../adapters/telemetry/logger.ts';
import { syncAudiences } from '../../use-cases/access/sync-audiences.ts';
import { createSchedule } from '../background/schedule.ts';

/**
 * Lets the API take the tokens of all clients of the user pool again, when a deployment has put the list of its template in
 * their place, or whoever made or removed a client was stopped before the list was set.
 */
export const handler = createSchedule(async () => {
  const kept = await syncAudiences();
  if (kept === 'set') {
    logger.info('audiences set');
  } else if (kept === 'too many') {
    logger.error('more clients in the user pool than the API can take tokens of');
  }
});
