import { getGrantedTariff, getTariff, queryGrantedTariffs, queryTariffs } from '../../adapters/dynamodb/tariffs.ts';
import type { PartnerId, TariffId } from '../../domain/ids.ts';
import type { Tariff } from '../../domain/tariff.ts';
import type { PageRequest } from '../fill-page.ts';
import { orNotFound } from '../refusal.ts';
import { readPartner } from './read-partners.ts';

type Tariffs = { items: Tariff[]; last?: string };

/** @throws Refusal `not_found` */
export async function readTariff(tariffId: TariffId): Promise<Tariff> {
  return orNotFound(await getTariff(tariffId), 'tariff', tariffId);
}

/** A page of all tariffs, by id. */
export async function listAllTariffs(page: PageRequest): Promise<Tariffs> {
  return queryTariffs(page.limit, page.after);
}

/** @throws Refusal `not_found` when the tariff does not exist or is not granted to the partner */
export async function readGrantedTariff(partnerId: PartnerId, tariffId: TariffId): Promise<Tariff> {
  return orNotFound(await getGrantedTariff(partnerId, tariffId), 'tariff of the partner', tariffId);
}

/**
 * A page of the tariffs granted to a partner, by id.
 *
 * @throws Refusal `not_found` when the partner does not exist
 */
export async function listGrantedTariffs(partnerId: PartnerId, page: PageRequest): Promise<Tariffs> {
  await readPartner(partnerId);
  return queryGrantedTariffs(partnerId, page.limit, page.after);
}
