import type { WithTariff } from '../../adapters/dynamodb/services.ts';
import type { SimRecord } from '../../adapters/dynamodb/sims.ts';
import { tenuresOfSim } from '../../adapters/dynamodb/tenures.ts';
import { simDays, sumsOfService } from '../../adapters/dynamodb/usage.ts';
import type { PartnerCaller } from '../../domain/access.ts';
import { allowanceOf, forecastOf } from '../../domain/allowance.ts';
import { sumBytes } from '../../domain/bytes.ts';
import type { PartnerId, ServiceId } from '../../domain/ids.ts';
import { tenureAt } from '../../domain/tenure.ts';
import { dayOf, type Period, periodOf, topOf } from '../../domain/usage.ts';
import { beginOf, type Granularity, pointsOf } from '../../domain/usage-points.ts';
import { usageRange } from '../../domain/usage-range.ts';
import { invalidInput } from '../refusal.ts';

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
  const [days, isVisible] = await Promise.all([
    simDays(caller.partnerId, sim.iccid, dayOf(first), dayOf(end)),
    visibleHours(caller, sim),
  ]);
  return pointsOf(days, requested.granularity, (hour) => first <= hour && hour < end && isVisible(hour));
}

async function visibleHours(caller: PartnerCaller, sim: SimRecord): Promise<(hour: string) => boolean> {
  if (caller.kind === 'partner') {
    return () => true;
  }
  const tenures = await tenuresOfSim(caller.partnerId, sim);
  return (hour) => tenureAt(tenures, hour).customerId === caller.customerId;
}

/** The usage of a service's SIMs in a month, with the allowance. Holding services have neither tariff nor allowance. */
export async function readServiceUsage(
  partnerId: PartnerId,
  { service, tariff }: WithTariff<{ id: ServiceId; sims: number }>,
  requested: { period?: Period | undefined },
  now: Date,
) {
  const period = requested.period ?? periodOf(now.toISOString());
  const sums = await sumsOfService(partnerId, service.id, period);
  const usedBytes = sumBytes(sums.map(({ bytes }) => bytes));
  const { sims = 0 } = service;
  const allowanceBytes = tariff && allowanceOf(tariff, sims);
  return {
    period,
    usedBytes,
    sims,
    topSims: topOf(...sums.map(({ top }) => top)),
    ...(tariff && {
      allowanceBytes,
      pooling: tariff.pooling,
      ...(tariff.pooling !== 'per_sim' && { forecast: forecastOf(usedBytes, allowanceBytes ?? 0, period, now) }),
    }),
  };
}
