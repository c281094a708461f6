import type { PartnerId, ServiceId, TariffId } from '../../domain/ids.ts';
import type { Tariff } from '../../domain/tariff.ts';
import { itemKinds } from './item-kinds.ts';
import { serviceKey } from './keys.ts';
import { getMany } from './reads.ts';
import { asOfNow, type CustomerServiceRecord, type PartnerServiceRecord, type WithTariff } from './services.ts';

type AnyServiceRecord = PartnerServiceRecord | CustomerServiceRecord;

/** The services with these ids that exist, with their tariffs, by id. Reads each tariff once. */
export async function getServicesWithTariffs(
  partnerId: PartnerId,
  ids: readonly ServiceId[],
): Promise<Map<ServiceId, WithTariff<AnyServiceRecord>>> {
  const services = (await getMany<AnyServiceRecord>(ids.map((id) => serviceKey(partnerId, id)))).map(asOfNow);
  const tariffIds = [...new Set(services.flatMap(({ tariffId }): TariffId[] => (tariffId ? [tariffId] : [])))];
  const tariffs = await getMany<Tariff>(tariffIds.map((id) => itemKinds.tariff.key({ id })));
  const byId = new Map(tariffs.map((tariff) => [tariff.id, tariff]));
  return new Map(
    services.map((service) => [
      service.id,
      { service, tariff: service.tariffId === undefined ? undefined : byId.get(service.tariffId) },
    ]),
  );
}
