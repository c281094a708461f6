import type { Alarm, Firing } from '../../domain/alarm.ts';
import type { AlarmId, PartnerId } from '../../domain/ids.ts';
import type { Operation } from '../../domain/operation.ts';
import type { Period } from '../../domain/usage.ts';
import { absent, atVersion, ConditionFailed } from './conditions.ts';
import { itemKinds } from './item-kinds.ts';
import { operationManifest, pagesOf, putPage } from './manifests.ts';
import { putOperation } from './operations.ts';
import { query, queryAll } from './queries.ts';
import { get, getMany } from './reads.ts';
import type { Run } from './runs.ts';
import { usageExpiresAt } from './usage.ts';
import { put, remove } from './write-requests.ts';
import { createIdempotent, transact, write } from './writes.ts';

/** @returns the stored alarm: that of an earlier attempt, if there was one. */
export async function insertAlarm(partnerId: PartnerId, alarm: Alarm): Promise<Alarm> {
  const key = itemKinds.alarm.key({ partnerId, id: alarm.id });
  return (await createIdempotent<Alarm>(key, [put({ ...alarm, ...key }, absent)])) ?? alarm;
}

export async function getAlarm(partnerId: PartnerId, id: AlarmId): Promise<Alarm | undefined> {
  return get<Alarm>(itemKinds.alarm.key({ partnerId, id }));
}

/** @throws ConditionFailed when the alarm is no longer at the version before. */
export async function saveAlarm(partnerId: PartnerId, alarm: Alarm): Promise<Alarm> {
  await write(put({ ...alarm, ...itemKinds.alarm.key({ partnerId, id: alarm.id }) }, atVersion(alarm.version - 1)));
  return alarm;
}

/** @throws ConditionFailed when the alarm is no longer at the version that was read. */
export async function removeAlarm(partnerId: PartnerId, { id, version }: Alarm): Promise<void> {
  await write(remove(itemKinds.alarm.key({ partnerId, id }), atVersion(version)));
}

/** A page of a partner's alarms, oldest first. */
export async function queryAlarms(partnerId: PartnerId, limit: number, after: string | undefined) {
  return query<Alarm>({ ...itemKinds.alarm.range({ partnerId }), after }, limit);
}

/** All alarms of a partner. Their number is bounded. */
export async function allAlarms(partnerId: PartnerId): Promise<Alarm[]> {
  return queryAll<Alarm>(itemKinds.alarm.range({ partnerId }));
}

/** A page of an alarm's firings, latest period first. */
export async function queryFirings(partnerId: PartnerId, alarmId: AlarmId, limit: number, after: string | undefined) {
  return query<Firing>({ ...itemKinds.alarmFiring.range({ partnerId, alarmId }), after, descending: true }, limit);
}

/** The first firings of an alarm in a period, by SIM or service, after a subject. */
export async function queryFiringsInPeriod(
  partnerId: PartnerId,
  values: { alarmId: AlarmId; period: Period },
  limit: number,
  afterSubject: string | undefined,
): Promise<Firing[]> {
  const after = afterSubject === undefined ? undefined : itemKinds.alarmFiring.sk({ ...values, subject: afterSubject });
  return (await query<Firing>({ ...itemKinds.alarmFiring.range({ partnerId, ...values }), after }, limit)).items;
}

/** Of these SIMs or services, those for which an alarm has fired in a period. */
export async function subjectsFiredFor(
  partnerId: PartnerId,
  alarmId: AlarmId,
  period: string,
  subjects: readonly string[],
): Promise<Set<string>> {
  const fired = await getMany<Firing>(
    subjects.map((subject) => itemKinds.alarmFiring.key({ partnerId, alarmId, period, subject })),
  );
  return new Set(fired.map(({ subject }) => subject));
}

/** An operation that a firing triggers, with its run and its SIMs, if it has a list of its own. */
export type FollowUp = { operation: Operation; run: Run; iccids: readonly string[] };

/** The maximum number of firings of one call, so that a transaction also has room for two operations and their lists of SIMs. */
export const MAX_FIRINGS_PER_WRITE = 90;

/**
 * Stores firings and the operations that they trigger, all or none.
 *
 * @returns false when the alarm has fired for one of the subjects before.
 */
export async function insertFirings(
  partnerId: PartnerId,
  firings: readonly Firing[],
  followUps: readonly FollowUp[],
): Promise<boolean> {
  const expiresAt = usageExpiresAt();
  try {
    await transact([
      ...firings.map((firing) =>
        put({ ...firing, expiresAt, ...itemKinds.alarmFiring.key({ ...firing, partnerId }) }, absent),
      ),
      ...followUps.flatMap(({ operation, run, iccids }) => [
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
