import pMap from 'p-map';
import { allAlarms, type Consequence, fireAlarm, firedFor, MOST_FIRINGS } from '../../adapters/dynamodb/alarms.ts';
import { firstRun, runAt } from '../../adapters/dynamodb/runs.ts';
import { getCustomerServiceWithTariff, getPartnerServiceWithTariff } from '../../adapters/dynamodb/services.ts';
import { getSim } from '../../adapters/dynamodb/sims.ts';
import { simDays, sumsOfService } from '../../adapters/dynamodb/usage.ts';
import { logger } from '../../adapters/telemetry/logger.ts';
import { recordMetric } from '../../adapters/telemetry/metrics.ts';
import {
  ALARM_FIRED,
  type Alarm,
  type AlarmScope,
  type Firing,
  serviceOf,
  suspensionOf,
  thresholdBytes,
  type Used,
  usedBySims,
} from '../../domain/alarm.ts';
import { sumBytes } from '../../domain/bytes.ts';
import { newId } from '../../domain/ids.ts';
import { monthsOf, type Period, periodOf, type SimMonth } from '../../domain/usage.ts';
import { startExecution } from '../start-execution.ts';

/** Reads in flight. */
const READS_IN_FLIGHT = 8;

/** An alarm that could not be held against what SIMs used. */
export type AlarmFailure = { partnerId: string; id: string; iccids: readonly string[]; error: unknown };

/** How many of the SIMs that an alarm could not be held against are named, so that the entry stays small. */
const MAX_FAILED_SIMS = 1000;

/**
 * Sets off the alarms that usage has tripped: only what was just counted is looked at, never a fleet. Usage of a month
 * that is over trips none. It can be called again with the same, after a crash: an alarm goes off once per period and SIM
 * or pool.
 *
 * @returns the alarms that failed; they hold up no other.
 */
export async function evaluateAlarms(
  partnerId: string,
  months: readonly SimMonth[],
  now: Date,
): Promise<AlarmFailure[]> {
  const period = periodOf(now.toISOString());
  // A SIM whose days were counted one after the other is here several times: the last has all of them.
  const current = new Map(months.flatMap((month) => (month.period === period ? [[month.iccid, month]] : [])));
  const failures: AlarmFailure[] = [];
  for (const alarm of current.size > 0 ? await allAlarms(partnerId) : []) {
    const bySims = usedBySims(alarm, [...current.values()]);
    try {
      await evaluateAlarm({ partnerId, alarm, period, now }, bySims);
    } catch (error) {
      const iccids = [...current.keys()].slice(0, MAX_FAILED_SIMS);
      failures.push({ partnerId, id: alarm.id, iccids, error });
    }
  }
  return failures;
}

/** Holds all alarms again against what SIMs used in the current month. */
export async function evaluateAlarmsOfSims(
  partnerId: string,
  iccids: readonly string[],
  now: Date,
): Promise<AlarmFailure[]> {
  const period = periodOf(now.toISOString());
  const days = await pMap(iccids, (iccid) => simDays(partnerId, iccid, `${period}-01`, `${period}-31`), {
    concurrency: READS_IN_FLIGHT,
  });
  return evaluateAlarms(partnerId, monthsOf(days.flat()), now);
}

async function evaluateAlarm(held: Omit<Fire, 'threshold'>, bySims: readonly Used[]): Promise<void> {
  const { partnerId, alarm, period } = held;
  if (bySims.length === 0) {
    return;
  }
  const used = alarm.measure === 'sim' ? bySims : await usedByPool(partnerId, alarm, period);
  const threshold = thresholdBytes(alarm, await termsOf(partnerId, alarm));
  if (threshold !== undefined) {
    const over = used.filter(({ bytes }) => bytes > 0 && bytes >= threshold);
    await fire({ ...held, threshold }, over);
  }
}

async function usedByPool(partnerId: string, { scope }: Alarm, period: Period): Promise<Used[]> {
  const subject = serviceOf(scope) ?? '';
  const sums = await sumsOfService(partnerId, subject, period);
  return [{ subject, bytes: sumBytes(sums.map(({ bytes }) => bytes)) }];
}

/** The tariff that an alarm's share is one of, and how many SIMs share it; so many bytes are none of any. */
async function termsOf(partnerId: string, { scope, threshold }: Alarm) {
  const found = 'percent' in threshold ? await serviceWithTariff(partnerId, scope) : undefined;
  return { tariff: found?.tariff, sims: found?.service.sims ?? 0 };
}

async function serviceWithTariff(partnerId: string, scope: AlarmScope) {
  if ('customerServiceId' in scope) {
    return getCustomerServiceWithTariff(partnerId, scope.customerServiceId);
  }
  if ('partnerServiceId' in scope) {
    return getPartnerServiceWithTariff(partnerId, scope.partnerServiceId);
  }
  const sim = await getSim(partnerId, scope.iccid);
  if (sim?.customerServiceId !== undefined) {
    return getCustomerServiceWithTariff(partnerId, sim.customerServiceId);
  }
  return sim && getPartnerServiceWithTariff(partnerId, sim.partnerServiceId);
}

type Fire = { partnerId: string; alarm: Alarm; period: Period; threshold: number; now: Date };

/** Goes off for those that it has not gone off for; who comes second finds that it has. */
async function fire(tripped: Fire, over: readonly Used[]): Promise<void> {
  const { partnerId, alarm, period } = tripped;
  for (let start = 0; start < over.length; start += MOST_FIRINGS) {
    const chunk = over.slice(start, start + MOST_FIRINGS);
    for (let isDone = false; !isDone; ) {
      const subjects = chunk.map(({ subject }) => subject);
      const fired = await firedFor(partnerId, alarm.id, period, subjects);
      const fresh = chunk.filter(({ subject }) => !fired.has(subject));
      isDone = fresh.length === 0 || (await fireFor(tripped, fresh));
    }
  }
}

/** @returns false when somebody else set it off for one of them meanwhile. */
async function fireFor({ partnerId, alarm, period, threshold, now }: Fire, over: readonly Used[]): Promise<boolean> {
  const at = now.toISOString();
  const consequences = alarm.action === 'suspend' ? suspension(alarm, period, over, now) : [];
  const operationId = consequences[0]?.operation.id;
  const firings = over.map(({ subject, bytes }): Firing => {
    const { id: alarmId, name, measure, action } = alarm;
    const told = { alarmId, name, period, subject, measure, usedBytes: bytes, thresholdBytes: threshold, action };
    return { type: ALARM_FIRED, at, ...told, ...(operationId === undefined ? {} : { operationId }) };
  });
  if (!(await fireAlarm(partnerId, firings, consequences))) {
    return false;
  }
  logger.info('alarm fired', { partnerId, alarmId: alarm.id, period, subjects: firings.length });
  recordMetric('AlarmsFired', firings.length);
  if (operationId !== undefined) {
    await startExecution({ kind: 'operation', partnerId, id: operationId });
  }
  return true;
}

function suspension(alarm: Alarm, period: Period, over: readonly Used[], now: Date): Consequence[] {
  const ids = [newId('operation', now), newId('operation', now)] as const;
  const { suspend, resume } = suspensionOf(alarm, { period, sims: over.length }, ids, now.toISOString());
  const iccids = alarm.measure === 'sim' ? over.map(({ subject }) => subject) : [];
  return [
    { operation: suspend, run: firstRun(now), iccids },
    { operation: resume, run: runAt(resume.effectiveAt ?? now.toISOString()), iccids },
  ];
}
