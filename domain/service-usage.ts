import { allowanceOf } from './allowance.ts';
import { sumBytes } from './bytes.ts';
import type { CustomerService, PartnerService } from './service.ts';
import type { Tariff } from './tariff.ts';
import { type ServiceSum, type SimBytes, topOf } from './usage.ts';

/** The usage of a service in a month. */
export type UsageOfService = {
  service: PartnerService | CustomerService;
  sims: number;
  usedBytes: number;
  /** The SIM with the highest usage. */
  topSim?: SimBytes;
  /** Absent for holding services. */
  terms?: Pick<Tariff, 'pooling' | 'allowanceBytes'> & { tariffId: Tariff['id']; usedPercent?: number };
};

/** The usage of a service from its sums, against the allowance that its tariff and its number of SIMs give. */
export function usageOfService(
  service: UsageOfService['service'],
  { tariff, sims }: { tariff: Tariff | undefined; sims: number },
  sums: readonly ServiceSum[],
): UsageOfService {
  const usedBytes = sumBytes(sums.map(({ bytes }) => bytes));
  const [topSim] = topOf(...sums.map(({ top }) => top));
  const usage = { service, sims, usedBytes, ...(topSim && { topSim }) };
  if (!tariff) {
    return usage;
  }
  const { id: tariffId, pooling } = tariff;
  const allowanceBytes = allowanceOf(tariff, sims);
  const percent = usedPercentOf({ pooling, allowanceBytes, usedBytes, topSim });
  const terms = { tariffId, pooling, allowanceBytes, ...(percent === undefined ? {} : { usedPercent: percent }) };
  return { ...usage, terms };
}

/**
 * How much of an allowance is used, in percent, rounded down to one decimal: of the pool or, if each SIM has an allowance, by the SIM with
 * the highest usage. `undefined` for an allowance of nothing.
 */
function usedPercentOf({
  pooling,
  allowanceBytes,
  usedBytes,
  topSim,
}: Pick<Tariff, 'pooling' | 'allowanceBytes'> & { usedBytes: number; topSim: SimBytes | undefined }):
  | number
  | undefined {
  const used = pooling === 'per_sim' ? (topSim?.bytes ?? 0) : usedBytes;
  return allowanceBytes === 0 ? undefined : Math.floor((used / allowanceBytes) * 1000) / 10;
}
