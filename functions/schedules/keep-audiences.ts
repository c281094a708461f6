import { logger } from '../http/telemetry.ts';
import { keepAudiences } from '../keep-audiences.ts';
import { schedule } from './schedule.ts';

/**
 * Lets the API take the tokens of all clients of the user pool again, when a deployment has put the list of its template in
 * their place, or whoever made or removed a client was stopped before the list was set.
 */
export const handler = schedule(async () => {
  const kept = await keepAudiences();
  if (kept === 'set') {
    logger.info('audiences set');
  } else if (kept === 'too many') {
    logger.error('more clients in the user pool than the API can take tokens of');
  }
});
