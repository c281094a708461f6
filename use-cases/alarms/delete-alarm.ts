import { removeAlarm } from '../../adapters/dynamodb/alarms.ts';
import type { Alarm } from '../../domain/alarm.ts';
import type { AlarmId, PartnerId } from '../../domain/ids.ts';
import { readAlarm } from './read-alarms.ts';

/**
 * Deletes an alarm. Operations that it has started, or scheduled for the next period, stay.
 *
 * @returns the alarm as it was.
 * @throws Refusal `not_found`
 */
export async function deleteAlarm(
  partnerId: PartnerId,
  id: AlarmId,
  precondition: (current: Alarm) => void,
): Promise<Alarm> {
  const alarm = await readAlarm(partnerId, id);
  precondition(alarm);
  await removeAlarm(partnerId, alarm);
  return alarm;
}
