import { periodEnd, poolOf } from './allowance.ts';
import { MAX_BYTES } from './bytes.ts';
import type { AlarmId, CustomerServiceId, OperationId, PartnerServiceId, ServiceId } from './ids.ts';
import { newOperation, type Operation, type Selection } from './operation.ts';
import type { SimState } from './sim.ts';
import { ALLOWANCE_EXCEEDED } from './sim-actions.ts';
import type { Tariff } from './tariff.ts';
import type { Period, SimMonth } from './usage.ts';
import type { Violation } from './verdict.ts';

/** What an alarm watches: the SIMs of a service, or one SIM. */
export type AlarmScope =
  | { customerServiceId: CustomerServiceId }
  | { partnerServiceId: PartnerServiceId }
  | { iccid: string };

export const measures = ['sim', 'pool'] as const;
export const alarmActions = ['notify', 'suspend'] as const;

/** The usage at which an alarm fires: a percentage of the allowance, or a number of bytes. */
export type Threshold = { percent: number } | { bytes: number };

/** Watches usage: of each SIM separately, or of all SIMs of a service together. */
export type Alarm = {
  id: AlarmId;
  name: string;
  scope: AlarmScope;
  measure: (typeof measures)[number];
  threshold: Threshold;
  /** Every firing produces an event; `suspend` also suspends the SIMs. */
  action: (typeof alarmActions)[number];
  createdAt: string;
  updatedAt: string;
  version: number;
};

/** A firing of an alarm: at most one per period for each SIM, or for the pool. */
export type Firing = {
  type: typeof ALARM_FIRED;
  at: string;
  alarmId: AlarmId;
  name: string;
  period: Period;
  /** The ICCID of the SIM, or the id of the service whose pool is measured. */
  subject: string;
  measure: Alarm['measure'];
  usedBytes: number;
  thresholdBytes: number;
  action: Alarm['action'];
  /** The operation that suspends its SIMs. */
  operationId?: OperationId;
};

export const ALARM_FIRED = 'alarm.fired';

/** The maximum number of alarms of a partner. Every batch of usage is evaluated against all of them. */
export const MAX_ALARMS = 500;

/** The usage of a SIM, or of a service's pool, that an alarm measures. */
export type SubjectUsage = { subject: string; bytes: number };

/** The service whose SIMs an alarm watches; `undefined` for one that watches a single SIM. */
export function serviceOf(scope: AlarmScope): ServiceId | undefined {
  if ('iccid' in scope) {
    return undefined;
  }
  return 'customerServiceId' in scope ? scope.customerServiceId : scope.partnerServiceId;
}

/** Why a measure does not fit a scope: a single SIM is not a pool. */
export function measureViolation({ scope, measure }: Pick<Alarm, 'scope' | 'measure'>): Violation | undefined {
  return measure === 'pool' && 'iccid' in scope
    ? {
        pointer: '/measure',
        code: 'not_a_pool',
        message: 'A single SIM has no pool. Use the measure "sim", or set a service as the scope.',
      }
    : undefined;
}

/**
 * The usage in a month of each SIM that an alarm watches. An alarm of a service counts only usage on that service; an alarm of
 * a SIM counts the usage on all services.
 */
export function usageBySim({ scope }: Pick<Alarm, 'scope'>, months: readonly SimMonth[]): SubjectUsage[] {
  const serviceId = serviceOf(scope);
  if (serviceId === undefined) {
    return months.flatMap(({ iccid, bytes }) =>
      'iccid' in scope && scope.iccid === iccid ? [{ subject: iccid, bytes }] : [],
    );
  }
  return months.flatMap(({ iccid, services }) => {
    const bytes = services.get(serviceId);
    return bytes === undefined ? [] : [{ subject: iccid, bytes }];
  });
}

/**
 * The usage in bytes from which an alarm fires. A percentage refers to the allowance of one SIM, or of the whole pool.
 *
 * @param service the tariff of the service and its number of SIMs.
 * @returns `undefined` without an allowance: the alarm cannot fire.
 */
export function thresholdBytes(
  { threshold, measure }: Pick<Alarm, 'threshold' | 'measure'>,
  { tariff, sims }: { tariff: Pick<Tariff, 'allowanceBytes' | 'pooling'> | undefined; sims: number },
): number | undefined {
  if ('bytes' in threshold) {
    return threshold.bytes;
  }
  const allowance = tariff && (measure === 'pool' ? poolOf(tariff, sims) : tariff.allowanceBytes);
  return allowance === undefined || allowance === 0
    ? undefined
    : Math.min(Math.ceil((allowance * threshold.percent) / 100), MAX_BYTES);
}

/**
 * Whether an operation suspends the SIMs of a pool. Its filter names active SIMs. SIMs in test status use the pool's data, too, and are
 * selected with them.
 */
export function suspendsPool({
  action,
  target,
  selection,
}: Pick<Operation, 'action' | 'target' | 'selection'>): boolean {
  return action === 'suspend' && target.until !== undefined && selection.kind === 'filter';
}

/**
 * The two operations of an alarm that suspends. The first suspends the SIMs now, unless the period has ended before it runs.
 * The second runs when the next period begins and removes only the bars that the alarm set.
 *
 * @param sims the number of SIMs of an alarm that measures SIMs: they are one page of a list.
 */
export function suspensionOf(
  { id, scope, measure }: Pick<Alarm, 'id' | 'scope' | 'measure'>,
  { period, sims }: { period: Period; sims: number },
  [suspendId, resumeId]: readonly [OperationId, OperationId],
  at: string,
): { suspend: Operation; resume: Operation } {
  const nextPeriod = new Date(periodEnd(period)).toISOString();
  const isList = measure === 'sim';
  const selection = (state: SimState): Selection =>
    isList ? { kind: 'list' } : { kind: 'filter', filter: { state, ...scope } };
  const size = isList ? { pages: 1, sims } : undefined;
  const reason = ALLOWANCE_EXCEEDED;
  return {
    suspend: newOperation(
      {
        id: suspendId,
        action: 'suspend',
        target: { reason, until: nextPeriod },
        selection: selection('active'),
        requestedBy: id,
        size,
      },
      at,
    ),
    resume: newOperation(
      {
        id: resumeId,
        action: 'resume',
        target: { reason },
        selection: selection('suspended'),
        requestedBy: id,
        size,
        effectiveAt: nextPeriod,
      },
      at,
    ),
  };
}
