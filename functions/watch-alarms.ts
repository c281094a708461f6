import { allAlarms, type Consequence, fireAlarm, firedFor, MOST_FIRINGS } from '../adapters/dynamodb/alarms.ts';
import { firstRun, runAt } from '../adapters/dynamodb/runs.ts';
import { getCustomerServiceWithTariff, getPartnerServiceWithTariff } from '../adapters/dynamodb/services.ts';
import { getSim } from '../adapters/dynamodb/sims.ts';
import { sumsOfService } from '../adapters/dynamodb/usage.ts';
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
} from '../domain/alarm.ts';
import { newId } from '../domain/ids.ts';
import { type Period, periodOf, type SimMonth } from '../domain/usage.ts';
import { logger, measure } from './http/telemetry.ts';
import { startOrLeaveToSweep } from './run.ts';

/**
 * Sets off the alarms that usage has tripped: only what was just counted is looked at, never a fleet. Usage of a month
 * that is over trips none. It can be told the same again, after a crash: an alarm goes off once per period and SIM or pool.
 */
export async function watchAlarms(partnerId: string, months: readonly SimMonth[], now: Date): Promise<void> {
  const period = periodOf(now.toISOString());
  // A SIM whose days were counted one after the other is told of each time: the last has all of them.
  const current = new Map(months.flatMap((month) => (month.period === period ? [[month.iccid, month]] : [])));
  for (const alarm of current.size > 0 ? await allAlarms(partnerId) : []) {
    const bySims = usedBySims(alarm, [...current.values()]);
    if (bySims.length === 0) {
      continue;
    }
    const used = alarm.measure === 'sim' ? bySims : await usedByPool(partnerId, alarm, period);
    const threshold = thresholdBytes(alarm, await termsOf(partnerId, alarm));
    if (threshold !== undefined) {
      const over = used.filter(({ bytes }) => bytes > 0 && bytes >= threshold);
      await fire({ partnerId, alarm, period, threshold, now }, over);
    }
  }
}

async function usedByPool(partnerId: string, { scope }: Alarm, period: Period): Promise<Used[]> {
  const subject = serviceOf(scope) ?? '';
  const sums = await sumsOfService(partnerId, subject, period);
  return [{ subject, bytes: sums.reduce((sum, { bytes }) => sum + bytes, 0) }];
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
  measure('AlarmsFired', firings.length);
  if (operationId !== undefined) {
    await startOrLeaveToSweep({ kind: 'operation', partnerId, id: operationId });
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
