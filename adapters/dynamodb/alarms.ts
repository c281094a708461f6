import type { Alarm, Firing } from '../../domain/alarm.ts';
import type { Operation } from '../../domain/operation.ts';
import {
  absent,
  atVersion,
  ConditionFailed,
  get,
  getMany,
  makeOnce,
  put,
  query,
  queryAll,
  remove,
  transact,
  write,
} from './items.ts';
import { alarmKey, firingKey, firingPartition } from './keys.ts';
import { operationManifest, pagesOf, putPage } from './manifests.ts';
import { putOperation } from './operations.ts';
import type { Run } from './runs.ts';
import { usageExpiresAt } from './usage.ts';

/** @returns the alarm as it is kept: by an earlier attempt, when there was one. */
export async function createAlarm(partnerId: string, alarm: Alarm): Promise<Alarm> {
  const key = alarmKey(partnerId, alarm.id);
  return (await makeOnce<Alarm>(key, [put({ ...alarm, ...key }, absent)])) ?? alarm;
}

export async function getAlarm(partnerId: string, id: string): Promise<Alarm | undefined> {
  return get<Alarm>(alarmKey(partnerId, id));
}

/** @throws ConditionFailed when the alarm is no longer at the version before. */
export async function saveAlarm(partnerId: string, alarm: Alarm): Promise<Alarm> {
  await write(put({ ...alarm, ...alarmKey(partnerId, alarm.id) }, atVersion(alarm.version - 1)));
  return alarm;
}

/** @throws ConditionFailed when the alarm is no longer at the version that was read. */
export async function deleteAlarm(partnerId: string, { id, version }: Alarm): Promise<void> {
  await write(remove(alarmKey(partnerId, id), atVersion(version)));
}

/** A partner's alarms, in the order in which they were made. */
export async function queryAlarms(partnerId: string, limit: number, after: string | undefined) {
  const { pk, sk } = alarmKey(partnerId, '');
  return query<Alarm>({ partition: pk, prefix: sk, after }, limit);
}

/** All of them: their number is bounded. */
export async function allAlarms(partnerId: string): Promise<Alarm[]> {
  const { pk, sk } = alarmKey(partnerId, '');
  return queryAll<Alarm>({ partition: pk, prefix: sk });
}

/** When an alarm went off, the latest period first. */
export async function queryFirings(partnerId: string, alarmId: string, limit: number, after: string | undefined) {
  return query<Firing>(
    { partition: firingPartition(partnerId, alarmId), prefix: 'EVT#', after, descending: true },
    limit,
  );
}

/** For which of these SIMs or services an alarm has gone off in a period. */
export async function firedFor(
  partnerId: string,
  alarmId: string,
  period: string,
  subjects: readonly string[],
): Promise<Set<string>> {
  const fired = await getMany<Firing>(subjects.map((subject) => firingKey(partnerId, alarmId, period, subject)));
  return new Set(fired.map(({ subject }) => subject));
}

/** What an alarm has done about SIMs: an operation with when it is carried out, and its SIMs, when it lists them. */
export type Consequence = { operation: Operation; run: Run; iccids: readonly string[] };

/** How many firings one call of `fireAlarm` takes: a transaction has room for two operations with their lists beside them. */
export const MOST_FIRINGS = 90;

/**
 * Notes that an alarm went off, with the operations that follow from it, all or none.
 *
 * @returns false when it has gone off for one of them before.
 */
export async function fireAlarm(
  partnerId: string,
  firings: readonly Firing[],
  consequences: readonly Consequence[],
): Promise<boolean> {
  const expiresAt = usageExpiresAt();
  try {
    await transact([
      ...firings.map((firing) =>
        put({ ...firing, expiresAt, ...firingKey(partnerId, firing.alarmId, firing.period, firing.subject) }, absent),
      ),
      ...consequences.flatMap(({ operation, run, iccids }) => [
        putOperation(partnerId, { ...operation, ...run }, 'new'),
        ...pagesOf(iccids).map((page) => putPage(operationManifest(partnerId, operation.id), page)),
      ]),
    ]);
    return true;
  } catch (error) {
    if (error instanceof ConditionFailed) {
      return false;
    }
    throw error;
  }
}
