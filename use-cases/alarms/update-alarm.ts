import { saveAlarm } from '../../adapters/dynamodb/alarms.ts';
import type { Alarm } from '../../domain/alarm.ts';
import type { AlarmId, PartnerId } from '../../domain/ids.ts';
import { isUnchanged } from '../is-unchanged.ts';
import { readAlarm } from './read-alarms.ts';

/**
 * Changes the name, threshold or action of an alarm.
 *
 * 1. Reads the alarm and checks the precondition.
 * 2. Stores it at its next version, unless nothing changes.
 *
 * @throws Refusal `not_found`
 */
export async function updateAlarm(
  partnerId: PartnerId,
  id: AlarmId,
  changes: { [Field in 'name' | 'threshold' | 'action']?: Alarm[Field] | undefined },
  { now, precondition }: { now: Date; precondition: (current: Alarm) => void },
): Promise<{ before: Alarm; after: Alarm }> {
  const before = await readAlarm(partnerId, id);
  precondition(before);
  const { name = before.name, threshold = before.threshold, action = before.action } = changes;
  const fields = { name, threshold, action };
  if (isUnchanged(before, fields)) {
    return { before, after: before };
  }
  const after = { ...before, ...fields, updatedAt: now.toISOString(), version: before.version + 1 };
  return { before, after: await saveAlarm(partnerId, after) };
}
