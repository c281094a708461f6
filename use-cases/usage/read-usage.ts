import type { CustomerServiceRecord, PartnerServiceRecord, WithTariff } from '../../adapters/dynamodb/services.ts';
import type { SimRecord } from '../../adapters/dynamodb/sims.ts';
import { tenuresOfSim } from '../../adapters/dynamodb/tenures.ts';
import { simDays, sumsOfService } from '../../adapters/dynamodb/usage.ts';
import { getUsageProgress, readUsageProgress, type UsageProgress } from '../../adapters/dynamodb/usage-progress.ts';
import type { PartnerCaller } from '../../domain/access.ts';
import { allowanceOf, forecastOf } from '../../domain/allowance.ts';
import { sumBytes } from '../../domain/bytes.ts';
import { earliestCompleteUntil, operatorsOfService } from '../../domain/complete-until.ts';
import type { OperatorId, PartnerId } from '../../domain/ids.ts';
import { tenureAt } from '../../domain/tenure.ts';
import { dayOf, type Period, periodBefore, periodOf, topOf } from '../../domain/usage.ts';
import { beginOf, type Granularity, pointsOf } from '../../domain/usage-points.ts';
import { usageRange } from '../../domain/usage-range.ts';
import { invalidInput } from '../refusal.ts';
import { termsInPeriod } from '../services/terms-in-period.ts';

/**
 * The usage of a SIM. A customer's user sees the hours that began while the SIM was the customer's.
 *
 * @throws Refusal `invalid_input` when the range is too long or ends before it starts.
 */
export async function readSimUsage(
  caller: PartnerCaller,
  sim: SimRecord,
  requested: { from?: string | undefined; to?: string | undefined; granularity: Granularity },
  now: Date,
) {
  const range = usageRange(requested, now);
  if ('violation' in range) {
    throw invalidInput([range.violation]);
  }
  const [first, end] = [beginOf(range.from.toISOString(), 'hour'), range.to.toISOString()];
  const [days, isVisible, progress] = await Promise.all([
    simDays(caller.partnerId, sim.iccid, dayOf(first), dayOf(end)),
    visibleHours(caller, sim),
    getUsageProgress(sim.operatorId),
  ]);
  const usage = pointsOf(days, requested.granularity, (hour) => first <= hour && hour < end && isVisible(hour));
  return { ...usage, ...(progress?.completeUntil === undefined ? {} : { completeUntil: progress.completeUntil }) };
}

async function visibleHours(caller: PartnerCaller, sim: SimRecord): Promise<(hour: string) => boolean> {
  if (caller.kind === 'partner') {
    return () => true;
  }
  const tenures = await tenuresOfSim(caller.partnerId, sim);
  return (hour) => tenureAt(tenures, hour).customerId === caller.customerId;
}

/**
 * The usage of a service's SIMs in a month, with the allowance that held in it. Holding services have neither tariff nor allowance.
 */
export async function readServiceUsage(
  partnerId: PartnerId,
  serviceWithTariff: WithTariff<PartnerServiceRecord | CustomerServiceRecord>,
  requested: { period?: Period | undefined },
  now: Date,
) {
  const period = requested.period ?? periodOf(now.toISOString());
  const { id } = serviceWithTariff.service;
  const [sums, sumsBefore, progress, { tariff, sims }] = await Promise.all([
    sumsOfService(partnerId, id, period),
    sumsOfService(partnerId, id, periodBefore(period)),
    readUsageProgress(),
    termsInPeriod(serviceWithTariff, period),
  ]);
  const operators = operatorsOfService(id, [...sums, ...sumsBefore], tariff);
  const completeUntil = earliestCompleteUntil(operators, completeTimes(progress));
  const usedBytes = sumBytes(sums.map(({ bytes }) => bytes));
  const allowanceBytes = tariff && allowanceOf(tariff, sims);
  return {
    period,
    usedBytes,
    sims,
    topSims: topOf(...sums.map(({ top }) => top)),
    ...(completeUntil === undefined ? {} : { completeUntil }),
    ...(tariff && {
      tariffId: tariff.id,
      allowanceBytes,
      pooling: tariff.pooling,
      ...(tariff.pooling !== 'per_sim' && { forecast: forecastOf(usedBytes, allowanceBytes ?? 0, period, now) }),
    }),
  };
}

const completeTimes = (progress: ReadonlyMap<OperatorId, UsageProgress>) =>
  new Map(
    [...progress].flatMap(([id, { completeUntil }]): [OperatorId, string][] =>
      completeUntil === undefined ? [] : [[id, completeUntil]],
    ),
  );
