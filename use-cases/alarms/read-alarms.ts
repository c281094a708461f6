import { getAlarm, queryAlarms, queryFirings } from '../../adapters/dynamodb/alarms.ts';
import { getCustomerService } from '../../adapters/dynamodb/services.ts';
import type { PartnerCaller } from '../../domain/access.ts';
import type { Alarm, AlarmScope } from '../../domain/alarm.ts';
import type { AlarmId, PartnerId } from '../../domain/ids.ts';
import type { PageRequest } from '../fill-page.ts';
import { notFound, orNotFound } from '../refusal.ts';

/** @throws Refusal `not_found` */
export async function readAlarm(partnerId: PartnerId, id: AlarmId): Promise<Alarm> {
  return orNotFound(await getAlarm(partnerId, id), 'alarm', id);
}

/** A page of the partner's alarms, oldest first. */
export async function listAlarms(partnerId: PartnerId, { limit, after }: PageRequest) {
  return queryAlarms(partnerId, limit, after);
}

/**
 * A page of the firings of an alarm, latest month first. Users of a customer see only those of alarms on its services.
 *
 * @throws Refusal `not_found`
 */
export async function listFirings(caller: PartnerCaller, alarmId: AlarmId, { limit, after }: PageRequest) {
  const { partnerId } = caller;
  const { scope } = await readAlarm(partnerId, alarmId);
  if (caller.kind === 'customer' && !(await isOnServiceOf(caller, scope))) {
    throw notFound('alarm', alarmId);
  }
  return queryFirings(partnerId, alarmId, limit, after);
}

/** Whether an alarm watches a service of the caller's customer. A SIM can have belonged to another customer when its alarm fired. */
async function isOnServiceOf(
  { partnerId, customerId }: Extract<PartnerCaller, { kind: 'customer' }>,
  scope: AlarmScope,
): Promise<boolean> {
  const service = 'customerServiceId' in scope && (await getCustomerService(partnerId, scope.customerServiceId));
  return service ? service.customerId === customerId : false;
}
