import { allAlarms, insertAlarm } from '../../adapters/dynamodb/alarms.ts';
import { getCustomerService, getPartnerService } from '../../adapters/dynamodb/services.ts';
import { getSim } from '../../adapters/dynamodb/sims.ts';
import { type Alarm, type AlarmScope, MAX_ALARMS, measureViolation } from '../../domain/alarm.ts';
import type { AlarmId, PartnerId } from '../../domain/ids.ts';
import { invalidInput, Refusal, unknownId } from '../refusal.ts';

/**
 * Creates an alarm.
 *
 * 1. Checks that the measure fits the scope, and that the partner has the service or SIM.
 * 2. Checks that the partner has room for another alarm.
 * 3. Stores the alarm. A repeated request returns the alarm of the first one.
 *
 * @throws Refusal `invalid_input` when the measure does not fit or the scope does not exist.
 * @throws Refusal `too_many` when the partner has the maximum number of alarms.
 */
export async function createAlarm(
  partnerId: PartnerId,
  fields: Pick<Alarm, 'name' | 'scope' | 'measure' | 'threshold' | 'action'>,
  { id, now }: { id: AlarmId; now: Date },
): Promise<Alarm> {
  const violation = measureViolation(fields);
  if (violation) {
    throw invalidInput([violation]);
  }
  await requireScope(partnerId, fields.scope);
  if ((await allAlarms(partnerId)).length >= MAX_ALARMS) {
    throw new Refusal('too_many', `A partner has at most ${MAX_ALARMS} alarms.`);
  }
  const at = now.toISOString();
  return insertAlarm(partnerId, { id, ...fields, createdAt: at, updatedAt: at, version: 1 });
}

/** @throws Refusal `invalid_input` when the service or SIM does not exist or belongs to another partner. */
async function requireScope(partnerId: PartnerId, scope: AlarmScope): Promise<void> {
  if ('iccid' in scope) {
    if (!(await getSim(partnerId, scope.iccid))) {
      throw unknownId('/scope/iccid', 'SIM', scope.iccid);
    }
  } else if ('customerServiceId' in scope) {
    if (!(await getCustomerService(partnerId, scope.customerServiceId))) {
      throw unknownId('/scope/customerServiceId', 'customer service', scope.customerServiceId);
    }
  } else if (!(await getPartnerService(partnerId, scope.partnerServiceId))) {
    throw unknownId('/scope/partnerServiceId', 'partner service', scope.partnerServiceId);
  }
}
