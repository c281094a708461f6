import { getPartner } from '../../adapters/dynamodb/partners.ts';
import { addGrant, getTariff, removeGrant } from '../../adapters/dynamodb/tariffs.ts';
import type { PartnerId, TariffId } from '../../domain/ids.ts';
import type { Tariff } from '../../domain/tariff.ts';
import { notFound, orNotFound } from '../refusal.ts';
import { readGrantedTariff } from './read-tariffs.ts';

/**
 * Grants a tariff to a partner. Idempotent.
 *
 * @throws Refusal `not_found`
 */
export async function grantTariff(
  partnerId: PartnerId,
  tariffId: TariffId,
): Promise<{ tariff: Tariff; isNew: boolean }> {
  const [partner, found] = await Promise.all([getPartner(partnerId), getTariff(tariffId)]);
  orNotFound(partner, 'partner', partnerId);
  const tariff = orNotFound(found, 'tariff', tariffId);
  return { tariff, isNew: await addGrant(partnerId, tariffId) };
}

/**
 * Revokes a tariff from a partner. Existing services on the tariff remain.
 *
 * @throws Refusal `not_found`
 */
export async function revokeTariff(
  partnerId: PartnerId,
  tariffId: TariffId,
  precondition: (current: Tariff) => void,
): Promise<void> {
  precondition(await readGrantedTariff(partnerId, tariffId));
  if (!(await removeGrant(partnerId, tariffId))) {
    throw notFound('tariff of the partner', tariffId);
  }
}
