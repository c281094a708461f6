import { endOf, poolOf } from './allowance.ts';
import { MAX_BYTES } from './bytes.ts';
import type { Operation, OperationTarget, SimFilter } from './operation.ts';
import { ALLOWANCE_EXCEEDED } from './sim-actions.ts';
import type { Tariff } from './tariff.ts';
import type { Period, SimMonth } from './usage.ts';

/** What an alarm watches: the SIMs of a service, or one SIM. */
export type AlarmScope = { customerServiceId: string } | { partnerServiceId: string } | { iccid: string };

export const measures = ['sim', 'pool'] as const;
export const alarmActions = ['notify', 'suspend'] as const;

/** How much usage trips an alarm: a share of the allowance, or so many bytes. */
export type Threshold = { percent: number } | { bytes: number };

/** Watches usage: of each SIM on its own, or of all SIMs of a service together. */
export type Alarm = {
  id: string;
  name: string;
  scope: AlarmScope;
  measure: (typeof measures)[number];
  threshold: Threshold;
  /** What happens beside the event. */
  action: (typeof alarmActions)[number];
  createdAt: string;
  updatedAt: string;
  version: number;
};

/** An alarm went off: once per period for each SIM, or for the pool. */
export type Firing = {
  type: typeof ALARM_FIRED;
  at: string;
  alarmId: string;
  name: string;
  period: Period;
  /** The SIM or the service that used so much. */
  subject: string;
  measure: Alarm['measure'];
  usedBytes: number;
  thresholdBytes: number;
  action: Alarm['action'];
  /** The operation that suspends its SIMs. */
  operationId?: string;
};

export const ALARM_FIRED = 'alarm.fired';

/** How many alarms a partner can have: each batch of usage is held against all of them. */
export const MOST_ALARMS = 500;

/** Of what an alarm measures, how much was used. */
export type Used = { subject: string; bytes: number };

/** The service whose SIMs an alarm watches; `undefined` for one that watches a single SIM. */
export function serviceOf(scope: AlarmScope): string | undefined {
  if ('iccid' in scope) {
    return undefined;
  }
  return 'customerServiceId' in scope ? scope.customerServiceId : scope.partnerServiceId;
}

/**
 * What the SIMs that an alarm watches each used in a month. For a service's alarm that is what counts for the service;
 * one about a single SIM goes with it from service to service.
 */
export function usedBySims({ scope }: Pick<Alarm, 'scope'>, months: readonly SimMonth[]): Used[] {
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
 * From how many bytes on an alarm goes off. A share is one of the tariff's allowance for a SIM, and of the whole pool's
 * for a pool. Where there is no allowance (no tariff, a tariff of 0 bytes, a pool without SIMs), there is no share to reach.
 *
 * @param service that the SIMs are on, with the number of all its SIMs.
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
 * The two operations of an alarm that suspends: one puts the bar on now, unless the period is over by then; the other,
 * when the next period begins, takes off such bars and no others.
 *
 * @param sims how many SIMs the list has, which is of one page.
 */
export function suspensionOf(
  { id, scope, measure }: Pick<Alarm, 'id' | 'scope' | 'measure'>,
  { period, sims }: { period: Period; sims: number },
  [suspendId, resumeId]: readonly [string, string],
  at: string,
): { suspend: Operation; resume: Operation } {
  const turn = new Date(endOf(period)).toISOString();
  const isList = measure === 'sim';
  const made = (operationId: string, target: OperationTarget, filter: SimFilter) => ({
    id: operationId,
    target: { reason: ALLOWANCE_EXCEEDED, ...target },
    selection: isList ? { kind: 'list' as const } : { kind: 'filter' as const, filter: { ...filter, ...scope } },
    succeeded: 0,
    failed: 0,
    requestedBy: id,
    createdAt: at,
    updatedAt: at,
    version: 1,
  });
  return {
    suspend: {
      ...made(suspendId, { until: turn }, { state: 'active' }),
      action: 'suspend',
      state: 'queued',
      ...(isList ? { total: sims, pages: 1 } : {}),
    },
    resume: {
      ...made(resumeId, {}, { state: 'suspended' }),
      action: 'resume',
      state: 'scheduled',
      effectiveAt: turn,
      ...(isList ? { selecting: { pages: 1, sims } } : {}),
    },
  };
}
