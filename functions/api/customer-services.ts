import * as z from 'zod/mini';
import { customerServiceSchema, showCustomerService } from '../../contract/service.ts';
import { notes, serviceChangeFields, TARIFF_CHANGE } from '../../contract/service-change.ts';
import { periodQuery, serviceUsageSchema, showServiceUsage } from '../../contract/usage.ts';
import { showUsageByService, usageByServiceSchema } from '../../contract/usage-by-service.ts';
import { idSchemaOf, line } from '../../domain/text.ts';
import { periodOf } from '../../domain/usage.ts';
import { createCustomerService } from '../../use-cases/services/create-customer-service.ts';
import { deleteCustomerService } from '../../use-cases/services/delete-customer-service.ts';
import {
  listCustomerServices,
  readCustomerService,
  readCustomerServiceWithTariff,
} from '../../use-cases/services/read-customer-services.ts';
import { updateCustomerService } from '../../use-cases/services/update-customer-service.ts';
import { listServiceUsage } from '../../use-cases/usage/list-service-usage.ts';
import { readServiceUsage } from '../../use-cases/usage/read-usage.ts';
import { createApiHandler } from '../http/create-api-handler.ts';
import { requireMatch } from '../http/etag.ts';
import { created, noContent, okPage, okResource, route } from '../http/route.ts';

const MAX_NAME_LENGTH = 150;

/** The services of customers, on which their SIMs run. */
export const routes = [
  route({
    method: 'POST',
    path: '/v1/customer-services',
    operationId: 'createCustomerService',
    access: 'create_customers_and_services',
    tag: 'Customer services',
    summary: 'Create a service for a customer',
    description: "The default name is the customer's short name followed by the tariff's name.",
    body: () =>
      z.strictObject({
        customerId: idSchemaOf<'customer'>(),
        tariffId: idSchemaOf<'tariff'>(),
        name: z.optional(line(MAX_NAME_LENGTH)),
        notes: z.optional(notes()),
      }),
    example: { customerId: 'cus_01JG0000000000000000000000', tariffId: 'trf_customer_all' },
    answers: { 201: customerServiceSchema },
    handle: async ({ caller, body, now, newId }) => {
      const service = await createCustomerService(caller.partnerId, body, { now, newId });
      return created(`/v1/customer-services/${service.id}`, showCustomerService(service, caller));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/customer-services',
    operationId: 'listCustomerServices',
    access: 'see_own',
    tag: 'Customer services',
    summary: 'List customer services',
    paged: true,
    query: () => z.strictObject({ customerId: z.optional(idSchemaOf<'customer'>()) }),
    answers: { 200: customerServiceSchema },
    handle: async ({ caller, query: { customerId }, page }) => {
      const { items, next } = await listCustomerServices(caller, customerId, page);
      return okPage(
        items.map((service) => showCustomerService(service, caller)),
        next,
      );
    },
  }),
  route({
    method: 'GET',
    path: '/v1/customer-services/{id}',
    operationId: 'getCustomerService',
    access: 'see_own',
    tag: 'Customer services',
    summary: 'Get a customer service',
    answers: { 200: customerServiceSchema },
    handle: async ({ caller, path: { id } }) =>
      okResource(showCustomerService(await readCustomerService(caller, id), caller)),
  }),
  route({
    method: 'GET',
    path: '/v1/customer-services/{id}/usage',
    operationId: 'getCustomerServiceUsage',
    access: 'see_own',
    tag: 'Usage',
    summary: 'Get the monthly usage of a customer service',
    query: periodQuery,
    answers: { 200: serviceUsageSchema },
    handle: async ({ caller, path: { id }, query, now }) => {
      const serviceWithTariff = await readCustomerServiceWithTariff(caller, id);
      return okResource(showServiceUsage(await readServiceUsage(caller.partnerId, serviceWithTariff, query, now)));
    },
  }),
  route({
    method: 'PATCH',
    path: '/v1/customer-services/{id}',
    operationId: 'updateCustomerService',
    access: 'edit_customers_and_services',
    tag: 'Customer services',
    summary: 'Rename a customer service, or change its tariff or notes',
    description: TARIFF_CHANGE,
    body: () => z.strictObject({ name: z.optional(line(MAX_NAME_LENGTH)), ...serviceChangeFields() }),
    example: { tariffId: 'trf_customer_all', effectiveAt: 'next_period' },
    answers: { 200: customerServiceSchema },
    handle: async ({ caller, path: { id }, body, ifMatch, now }) => {
      const { before, after } = await updateCustomerService(caller, id, body, {
        now,
        precondition: (service) => requireMatch(ifMatch, showCustomerService(service, caller)),
      });
      return { ...okResource(showCustomerService(after, caller)), before: showCustomerService(before, caller) };
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/customer-services/{id}',
    operationId: 'deleteCustomerService',
    access: 'delete_customers_and_services',
    tag: 'Customer services',
    summary: 'Delete a customer service that has no SIMs',
    description: 'Terminated SIMs do not prevent the deletion. They keep the id of the service as history.',
    answers: { 204: null },
    handle: async ({ caller, path: { id }, ifMatch }) => {
      const before = await deleteCustomerService(caller, id, (service) =>
        requireMatch(ifMatch, showCustomerService(service, caller)),
      );
      return { ...noContent, before: showCustomerService(before, caller) };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/service-usage',
    operationId: 'listServiceUsage',
    access: 'see_own',
    tag: 'Usage',
    summary: 'List the usage of all services in a month',
    description:
      'Partner services first, then customer services, each by id. Users of a customer see only services of the customer.',
    paged: true,
    query: periodQuery,
    answers: { 200: usageByServiceSchema },
    handle: async ({ caller, query, page, now }) => {
      const period = query.period ?? periodOf(now.toISOString());
      const { items, next } = await listServiceUsage(caller, period, page);
      return okPage(
        items.map((usage) => showUsageByService(usage, period)),
        next,
      );
    },
  }),
];

export const handler = createApiHandler(routes);
