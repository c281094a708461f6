import * as z from 'zod/mini';
import {
  createPartnerService,
  getPartnerService,
  type PartnerServiceRecord,
  queryPartnerServices,
  renamePartnerService,
} from '../../adapters/dynamodb/services.ts';
import { getTariff } from '../../adapters/dynamodb/tariffs.ts';
import { partnerServiceSchema, showPartnerService } from '../../contract/service.ts';
import { serviceUsageQuery, serviceUsageSchema, showServiceUsage } from '../../contract/usage.ts';
import { idSchema, line } from '../../domain/text.ts';
import { fillPage } from '../../use-cases/fill-page.ts';
import { notFound, Refusal } from '../../use-cases/refusal.ts';
import { tariffForService } from '../../use-cases/services/tariff-for-service.ts';
import { readServiceUsage } from '../../use-cases/usage/read-usage.ts';
import { createApiHandler } from '../http/create-api-handler.ts';
import { requireMatch } from '../http/etag.ts';
import { created, okPage, okResource, route } from '../http/route.ts';

/** What the partner is charged on. */
export const routes = [
  route({
    method: 'POST',
    path: '/v1/partner-services',
    operationId: 'createPartnerService',
    access: 'manage_partner_services',
    tag: 'Partner services',
    summary: 'Create a partner service',
    body: z.lazy(() => z.strictObject({ name: line(100), tariffId: idSchema })),
    example: { name: 'Meters 100 MB', tariffId: 'trf_partner_all' },
    answers: { 201: partnerServiceSchema },
    handle: async ({ caller, body, now, newId }) => {
      const at = now.toISOString();
      const tariff = await tariffForService(caller.partnerId, body.tariffId, 'partner');
      const service = await createPartnerService(caller.partnerId, {
        id: newId('partnerService'),
        name: body.name,
        tariffId: tariff.id,
        holding: false,
        createdAt: at,
        updatedAt: at,
        version: 1,
      });
      return created(`/v1/partner-services/${service.id}`, showPartnerService(service));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/partner-services',
    operationId: 'listPartnerServices',
    access: 'see',
    tag: 'Partner services',
    summary: 'List partner services, including holding services',
    paged: true,
    answers: { 200: partnerServiceSchema },
    handle: async ({ caller, page }) => {
      const { items, next } = await fillPage(
        page,
        (limit, after) => queryPartnerServices(caller.partnerId, limit, after),
        () => true,
        ({ id }) => `PSV#${id}`,
      );
      return okPage(items.map(showPartnerService), next);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/partner-services/{id}',
    operationId: 'getPartnerService',
    access: 'see',
    tag: 'Partner services',
    summary: 'Get a partner service',
    answers: { 200: partnerServiceSchema },
    handle: async ({ caller, path: { id } }) => okResource(showPartnerService(await theService(caller.partnerId, id))),
  }),
  route({
    method: 'GET',
    path: '/v1/partner-services/{id}/usage',
    operationId: 'getPartnerServiceUsage',
    access: 'see',
    tag: 'Usage',
    summary: 'Get the monthly usage of a partner service',
    query: serviceUsageQuery,
    answers: { 200: serviceUsageSchema },
    handle: async ({ caller, path: { id }, query, now }) => {
      const service = await theService(caller.partnerId, id);
      const tariff = service.tariffId === undefined ? undefined : await getTariff(service.tariffId);
      return okResource(showServiceUsage(await readServiceUsage(caller.partnerId, { service, tariff }, query, now)));
    },
  }),
  route({
    method: 'PATCH',
    path: '/v1/partner-services/{id}',
    operationId: 'updatePartnerService',
    access: 'manage_partner_services',
    tag: 'Partner services',
    summary: 'Rename a partner service',
    body: z.lazy(() => z.strictObject({ name: z.optional(line(100)) })),
    answers: { 200: partnerServiceSchema },
    handle: async ({ caller, path: { id }, body: { name }, ifMatch, now }) => {
      const service = await theService(caller.partnerId, id);
      requireMatch(ifMatch, showPartnerService(service));
      if (service.holding) {
        throw new Refusal('holding_service', 'Holding services are managed by the system and cannot be edited.');
      }
      const renamed =
        name === undefined || name === service.name
          ? service
          : await renamePartnerService(caller.partnerId, service, name, now.toISOString());
      return { ...okResource(showPartnerService(renamed)), before: showPartnerService(service) };
    },
  }),
];

async function theService(partnerId: string, id: string): Promise<PartnerServiceRecord> {
  const service = await getPartnerService(partnerId, id);
  if (!service) {
    throw notFound('partner service', id);
  }
  return service;
}

export const handler = createApiHandler(routes);
