import { getPartner, queryPartners } from '../../adapters/dynamodb/partners.ts';
import type { PartnerId } from '../../domain/ids.ts';
import type { Partner } from '../../domain/partner.ts';
import type { PageRequest } from '../fill-page.ts';
import { orNotFound } from '../refusal.ts';

/** @throws Refusal `not_found` */
export async function readPartner(partnerId: PartnerId): Promise<Partner> {
  return orNotFound(await getPartner(partnerId), 'partner', partnerId);
}

/** A page of all partners, by id. */
export async function listPartners(page: PageRequest): Promise<{ items: Partner[]; last?: string }> {
  return queryPartners(page.limit, page.after);
}
