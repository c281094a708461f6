import { allOperators, getOperator } from '../../adapters/dynamodb/operators.ts';
import { getPartner } from '../../adapters/dynamodb/partners.ts';
import { getAllGrantedTariffs, getGrantedTariff } from '../../adapters/dynamodb/tariffs.ts';
import type { OperatorId, PartnerId, TariffId } from '../../domain/ids.ts';
import type { Operator } from '../../domain/operator.ts';
import type { Partner } from '../../domain/partner.ts';
import type { Tariff } from '../../domain/tariff.ts';
import type { PageRequest } from '../fill-page.ts';
import { requireKnownFilter } from '../known-operator.ts';
import { orNotFound } from '../refusal.ts';

/** A page of the operators. */
export async function listOperators({ limit, after }: PageRequest): Promise<{ items: Operator[]; next?: string }> {
  const all = await allOperators();
  const start = all.findIndex(({ id }) => id === after) + 1;
  const items = all.slice(start, start + limit);
  const last = items.at(-1);
  return { items, ...(last && start + limit < all.length ? { next: last.id } : {}) };
}

/** @throws Refusal `not_found` */
export async function readOperator(id: OperatorId): Promise<Operator> {
  return orNotFound(await getOperator(id), 'operator', id);
}

/** A page of the tariffs that were granted to a partner, by id. */
export async function listOwnTariffs(
  partnerId: PartnerId,
  operatorId: OperatorId | undefined,
  { limit, after = '' }: PageRequest,
) {
  await requireKnownFilter(operatorId);
  const tariffs = (await getAllGrantedTariffs(partnerId, operatorId)).filter(({ id }) => id > after);
  const items = tariffs.slice(0, limit);
  return { items, next: tariffs.length > limit ? items.at(-1)?.id : undefined };
}

/** A tariff that was granted to the partner. @throws Refusal `not_found` */
export async function readOwnTariff(partnerId: PartnerId, id: TariffId): Promise<Tariff> {
  return orNotFound(await getGrantedTariff(partnerId, id), 'tariff', id);
}

/** @throws Refusal `not_found` */
export async function readOwnPartner(partnerId: PartnerId): Promise<Partner> {
  return orNotFound(await getPartner(partnerId), 'partner', partnerId);
}
