import { getAlarm, queryAlarms, queryFirings } from '../../adapters/dynamodb/alarms.ts';
import type { Alarm } from '../../domain/alarm.ts';
import type { AlarmId, PartnerId } from '../../domain/ids.ts';
import type { PageRequest } from '../fill-page.ts';
import { orNotFound } from '../refusal.ts';

/** @throws Refusal `not_found` */
export async function readAlarm(partnerId: PartnerId, id: AlarmId): Promise<Alarm> {
  return orNotFound(await getAlarm(partnerId, id), 'alarm', id);
}

/** A page of the partner's alarms, oldest first. */
export async function listAlarms(partnerId: PartnerId, { limit, after }: PageRequest) {
  return queryAlarms(partnerId, limit, after);
}

/**
 * A page of the firings of an alarm, latest month first.
 *
 * @throws Refusal `not_found`
 */
export async function listFirings(partnerId: PartnerId, alarmId: AlarmId, { limit, after }: PageRequest) {
  await readAlarm(partnerId, alarmId);
  return queryFirings(partnerId, alarmId, limit, after);
}
