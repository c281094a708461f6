import { getPartner } from '../../adapters/dynamodb/partners.ts';
import { getGrantedTariff, listGrantedTariffs } from '../../adapters/dynamodb/tariffs.ts';
import { isOperatorId, type OperatorId, operators } from '../../domain/operator.ts';
import type { Partner } from '../../domain/partner.ts';
import type { Tariff } from '../../domain/tariff.ts';
import type { PageRequest } from '../fill-page.ts';
import { notFound, orNotFound } from '../refusal.ts';

/** A page of the operators. */
export function listOperators({ limit, after }: PageRequest) {
  const all = Object.values(operators);
  const start = all.findIndex(({ id }) => id === after) + 1;
  const items = all.slice(start, start + limit);
  return { items, next: start + limit < all.length ? items.at(-1)?.id : undefined };
}

/** @throws Refusal `not_found` */
export function readOperator(id: string) {
  if (!isOperatorId(id)) {
    throw notFound('operator', id);
  }
  return operators[id];
}

/** A page of the tariffs that were granted to a partner, by id. */
export async function listOwnTariffs(
  partnerId: string,
  operatorId: OperatorId | undefined,
  { limit, after = '' }: PageRequest,
) {
  const tariffs = (await listGrantedTariffs(partnerId, operatorId)).filter(({ id }) => id > after);
  const items = tariffs.slice(0, limit);
  return { items, next: tariffs.length > limit ? items.at(-1)?.id : undefined };
}

/** A tariff that was granted to the partner. @throws Refusal `not_found` */
export async function readOwnTariff(partnerId: string, id: string): Promise<Tariff> {
  return orNotFound(await getGrantedTariff(partnerId, id), 'tariff', id);
}

/** @throws Refusal `not_found` */
export async function readOwnPartner(partnerId: string): Promise<Partner> {
  return orNotFound(await getPartner(partnerId), 'partner', partnerId);
}
