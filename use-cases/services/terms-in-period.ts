import type { CustomerServiceRecord, PartnerServiceRecord, WithTariff } from '../../adapters/dynamodb/services.ts';
import { getTariff } from '../../adapters/dynamodb/tariffs.ts';
import { simsInPeriod } from '../../domain/service-counts.ts';
import { tariffOfPeriod } from '../../domain/service-tariffs.ts';
import type { Tariff } from '../../domain/tariff.ts';
import type { Period } from '../../domain/usage.ts';

/**
 * The terms from which the allowance of a service in a period follows: the tariff and the number of SIMs at its end, or the current ones.
 * A holding service has no tariff.
 */
export async function termsInPeriod(
  { service, tariff }: WithTariff<PartnerServiceRecord | CustomerServiceRecord>,
  period: Period,
): Promise<{ tariff: Tariff | undefined; sims: number }> {
  const sims = simsInPeriod(service, period);
  const { tariffId, ...times } = service;
  const id = tariffId && tariffOfPeriod({ tariffId, ...times }, period);
  return { tariff: id === undefined || id === tariff?.id ? tariff : await getTariff(id), sims };
}
