import pMap from 'p-map';
import {
  allAlarms,
  type FollowUp,
  insertFirings,
  MAX_FIRINGS_PER_WRITE,
  subjectsFiredFor,
} from '../../adapters/dynamodb/alarms.ts';
import { retryOnConflict } from '../../adapters/dynamodb/retry-on-conflict.ts';
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
  type SubjectUsage,
  serviceOf,
  suspensionOf,
  thresholdBytes,
  usageBySim,
} from '../../domain/alarm.ts';
import { sumBytes } from '../../domain/bytes.ts';
import { type AlarmId, newId, type PartnerId } from '../../domain/ids.ts';
import { monthsOf, type Period, periodOf, type SimMonth } from '../../domain/usage.ts';
import { termsInPeriod } from '../services/terms-in-period.ts';
import { startExecution } from '../start-execution.ts';

const CONCURRENT_READS = 8;

/** The most SIMs in a dead letter, which keeps it small. */
const MAX_FAILED_SIMS = 1000;

/** An alarm that could not be evaluated, with the SIMs whose usage it was evaluated against. */
export type AlarmFailure = { partnerId: PartnerId; id: AlarmId; iccids: readonly string[]; error: unknown };

/**
 * Fires the alarms whose thresholds have been reached. Can be repeated with the same usage: an alarm fires at most once per
 * period for each SIM, or for the pool.
 *
 * 1. Keeps the usage of the current month: past months fire no alarm.
 * 2. Compares it with the threshold of each of the partner's alarms.
 * 3. Stores firings, which become events; an alarm that suspends also stores and starts operations.
 *
 * @param months the usage of the SIMs that were just counted, not of the whole fleet.
 * @returns the alarms that failed. They do not prevent the evaluation of others.
 */
export async function evaluateAlarms(
  partnerId: PartnerId,
  months: readonly SimMonth[],
  now: Date,
): Promise<AlarmFailure[]> {
  const period = periodOf(now.toISOString());
  // A SIM whose days were counted one by one occurs several times: its last occurrence includes all of them.
  const current = new Map(months.flatMap((month) => (month.period === period ? [[month.iccid, month]] : [])));
  const failures: AlarmFailure[] = [];
  for (const alarm of current.size > 0 ? await allAlarms(partnerId) : []) {
    try {
      await evaluateAlarm({ partnerId, alarm, period, now }, usageBySim(alarm, [...current.values()]));
    } catch (error) {
      const iccids = [...current.keys()].slice(0, MAX_FAILED_SIMS);
      failures.push({ partnerId, id: alarm.id, iccids, error });
    }
  }
  return failures;
}

/** Evaluates all alarms against the usage of these SIMs in the current month. */
export async function evaluateAlarmsOfSims(
  partnerId: PartnerId,
  iccids: readonly string[],
  now: Date,
): Promise<AlarmFailure[]> {
  const period = periodOf(now.toISOString());
  const days = await pMap(iccids, (iccid) => simDays(partnerId, iccid, `${period}-01`, `${period}-31`), {
    concurrency: CONCURRENT_READS,
  });
  return evaluateAlarms(partnerId, monthsOf(days.flat()), now);
}

type Evaluation = { partnerId: PartnerId; alarm: Alarm; period: Period; now: Date };

async function evaluateAlarm(evaluation: Evaluation, bySim: readonly SubjectUsage[]): Promise<void> {
  const { partnerId, alarm, period } = evaluation;
  if (bySim.length === 0) {
    return;
  }
  const usage = alarm.measure === 'sim' ? bySim : await poolUsage(partnerId, alarm, period);
  const threshold = thresholdBytes(alarm, await allowanceTerms(partnerId, alarm, period));
  if (threshold !== undefined) {
    const reached = usage.filter(({ bytes }) => bytes > 0 && bytes >= threshold);
    await fireOnce({ ...evaluation, threshold }, reached);
  }
}

async function poolUsage(partnerId: PartnerId, { scope }: Alarm, period: Period): Promise<SubjectUsage[]> {
  const subject = serviceOf(scope);
  if (subject === undefined) {
    return [];
  }
  const sums = await sumsOfService(partnerId, subject, period);
  return [{ subject, bytes: sumBytes(sums.map(({ bytes }) => bytes)) }];
}

/** The tariff and the number of SIMs that a percentage refers to. A threshold in bytes needs neither. */
async function allowanceTerms(partnerId: PartnerId, { scope, threshold }: Alarm, period: Period) {
  const found = 'percent' in threshold ? await serviceWithTariff(partnerId, scope) : undefined;
  return found ? termsInPeriod(found, period) : { tariff: undefined, sims: 0 };
}

async function serviceWithTariff(partnerId: PartnerId, scope: AlarmScope) {
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

type ReachedThreshold = Evaluation & { threshold: number };

/** Fires for each subject at most once per period, even if another process evaluates the same alarm concurrently. */
async function fireOnce(reached: ReachedThreshold, usage: readonly SubjectUsage[]): Promise<void> {
  const { partnerId, alarm, period } = reached;
  for (let start = 0; start < usage.length; start += MAX_FIRINGS_PER_WRITE) {
    const chunk = usage.slice(start, start + MAX_FIRINGS_PER_WRITE);
    const subjects = chunk.map(({ subject }) => subject);
    await retryOnConflict(async () => {
      const fired = await subjectsFiredFor(partnerId, alarm.id, period, subjects);
      const fresh = chunk.filter(({ subject }) => !fired.has(subject));
      return fresh.length === 0 || (await fire(reached, fresh)) ? fresh : undefined;
    });
  }
}

/** @returns false when another process has fired the alarm for one of the subjects meanwhile. */
async function fire(
  { partnerId, alarm, period, threshold, now }: ReachedThreshold,
  usage: readonly SubjectUsage[],
): Promise<boolean> {
  const { id: alarmId, name, measure, action } = alarm;
  const followUps = action === 'suspend' ? suspension(alarm, period, usage, now) : [];
  const operationId = followUps[0]?.operation.id;
  const firings = usage.map(
    ({ subject, bytes }): Firing => ({
      type: ALARM_FIRED,
      at: now.toISOString(),
      alarmId,
      name,
      period,
      subject,
      measure,
      usedBytes: bytes,
      thresholdBytes: threshold,
      action,
      ...(operationId === undefined ? {} : { operationId }),
    }),
  );
  if (!(await insertFirings(partnerId, firings, followUps))) {
    return false;
  }
  logger.info('alarm fired', { partnerId, alarmId, period, subjects: firings.length });
  recordMetric('AlarmsFired', firings.length);
  if (operationId !== undefined) {
    await startExecution({ kind: 'operation', partnerId, id: operationId });
  }
  return true;
}

function suspension(alarm: Alarm, period: Period, usage: readonly SubjectUsage[], now: Date): FollowUp[] {
  const ids = [newId('operation', now), newId('operation', now)] as const;
  const { suspend, resume } = suspensionOf(alarm, { period, sims: usage.length }, ids, now.toISOString());
  const iccids = alarm.measure === 'sim' ? usage.map(({ subject }) => subject) : [];
  return [
    { operation: suspend, run: firstRun(now), iccids },
    { operation: resume, run: runAt(resume.effectiveAt ?? now.toISOString()), iccids },
  ];
}
