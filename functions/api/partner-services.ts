import * as z from 'zod/mini';
import { partnerServiceSchema, showPartnerService } from '../../contract/service.ts';
import { notes, serviceChangeFields, TARIFF_CHANGE } from '../../contract/service-change.ts';
import { periodQuery, serviceUsageSchema, showServiceUsage } from '../../contract/usage.ts';
import { idSchemaOf, line } from '../../domain/text.ts';
import { createPartnerService } from '../../use-cases/services/create-partner-service.ts';
import { deletePartnerService } from '../../use-cases/services/delete-partner-service.ts';
import {
  listPartnerServices,
  readPartnerService,
  readPartnerServiceWithTariff,
} from '../../use-cases/services/read-partner-services.ts';
import { updatePartnerService } from '../../use-cases/services/update-partner-service.ts';
import { readServiceUsage } from '../../use-cases/usage/read-usage.ts';
import { createApiHandler } from '../http/create-api-handler.ts';
import { requireMatch } from '../http/etag.ts';
import { created, noContent, okPage, okResource, route } from '../http/route.ts';

/** The services by which a partner is charged. */
export const routes = [
  route({
    method: 'POST',
    path: '/v1/partner-services',
    operationId: 'createPartnerService',
    access: 'manage_partner_services',
    tag: 'Partner services',
    summary: 'Create a partner service',
    body: () => z.strictObject({ name: line(100), tariffId: idSchemaOf<'tariff'>(), notes: z.optional(notes()) }),
    example: { name: 'Meters 100 MB', tariffId: 'trf_partner_all' },
    answers: { 201: partnerServiceSchema },
    handle: async ({ caller, body, now, newId }) => {
      const service = await createPartnerService(caller.partnerId, body, { now, newId });
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
      const { items, next } = await listPartnerServices(caller.partnerId, page);
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
    handle: async ({ caller, path: { id } }) =>
      okResource(showPartnerService(await readPartnerService(caller.partnerId, id))),
  }),
  route({
    method: 'GET',
    path: '/v1/partner-services/{id}/usage',
    operationId: 'getPartnerServiceUsage',
    access: 'see',
    tag: 'Usage',
    summary: 'Get the monthly usage of a partner service',
    query: periodQuery,
    answers: { 200: serviceUsageSchema },
    handle: async ({ caller, path: { id }, query, now }) => {
      const serviceWithTariff = await readPartnerServiceWithTariff(caller.partnerId, id);
      return okResource(showServiceUsage(await readServiceUsage(caller.partnerId, serviceWithTariff, query, now)));
    },
  }),
  route({
    method: 'PATCH',
    path: '/v1/partner-services/{id}',
    operationId: 'updatePartnerService',
    access: 'manage_partner_services',
    tag: 'Partner services',
    summary: 'Rename a partner service, or change its tariff or notes',
    description: TARIFF_CHANGE,
    body: () => z.strictObject({ name: z.optional(line(100)), ...serviceChangeFields() }),
    example: { tariffId: 'trf_partner_all', effectiveAt: 'next_period' },
    answers: { 200: partnerServiceSchema },
    handle: async ({ caller, path: { id }, body, ifMatch, now }) => {
      const { before, after } = await updatePartnerService(caller.partnerId, id, body, {
        now,
        precondition: (service) => requireMatch(ifMatch, showPartnerService(service)),
      });
      return { ...okResource(showPartnerService(after)), before: showPartnerService(before) };
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/partner-services/{id}',
    operationId: 'deletePartnerService',
    access: 'manage_partner_services',
    tag: 'Partner services',
    summary: 'Delete a partner service that has no SIMs',
    description:
      'Terminated SIMs do not prevent the deletion. They keep the id of the service as history. Holding services cannot be deleted.',
    answers: { 204: null },
    handle: async ({ caller, path: { id }, ifMatch }) => {
      const before = await deletePartnerService(caller.partnerId, id, (service) =>
        requireMatch(ifMatch, showPartnerService(service)),
      );
      return { ...noContent, before: showPartnerService(before) };
    },
  }),
];

export const handler = createApiHandler(routes);
