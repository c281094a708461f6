import {
  getPartnerService,
  getPartnerServiceWithTariff,
  type PartnerServiceRecord,
  partnerServicePosition,
  queryPartnerServices,
} from '../../adapters/dynamodb/services.ts';
import type { PartnerId, PartnerServiceId } from '../../domain/ids.ts';
import { fillPage, type PageRequest } from '../fill-page.ts';
import { orNotFound } from '../refusal.ts';

/** @throws Refusal `not_found` */
export async function readPartnerService(partnerId: PartnerId, id: PartnerServiceId): Promise<PartnerServiceRecord> {
  return orNotFound(await getPartnerService(partnerId, id), 'partner service', id);
}

/** A partner service with its tariff; holding services have none. @throws Refusal `not_found` */
export async function readPartnerServiceWithTariff(partnerId: PartnerId, id: PartnerServiceId) {
  return orNotFound(await getPartnerServiceWithTariff(partnerId, id), 'partner service', id);
}

/** A page of a partner's services, including holding services. */
export async function listPartnerServices(partnerId: PartnerId, page: PageRequest) {
  return fillPage(
    page,
    (limit, after) => queryPartnerServices(partnerId, limit, after),
    () => true,
    partnerServicePosition,
  );
}
