import * as z from 'zod/mini';
import { getCustomer } from '../../adapters/dynamodb/customers.ts';
import {
  type CustomerServiceRecord,
  createCustomerService,
  deleteCustomerService,
  getCustomerService,
  queryCustomerServices,
  queryServicesOfCustomer,
  renameCustomerService,
} from '../../adapters/dynamodb/services.ts';
import { getTariff } from '../../adapters/dynamodb/tariffs.ts';
import { customerServiceSchema, showCustomerService } from '../../contract/service.ts';
import { serviceUsageQuery, serviceUsageSchema, showServiceUsage } from '../../contract/usage.ts';
import type { PartnerCaller } from '../../domain/access.ts';
import { defaultServiceName } from '../../domain/service.ts';
import { idSchema, line } from '../../domain/text.ts';
import { fillPage } from '../../use-cases/fill-page.ts';
import { notFound, Refusal, unknownId } from '../../use-cases/refusal.ts';
import { tariffForService } from '../../use-cases/services/tariff-for-service.ts';
import { readServiceUsage } from '../../use-cases/usage/read-usage.ts';
import { createApiHandler } from '../http/create-api-handler.ts';
import { requireMatch } from '../http/etag.ts';
import { created, noContent, okPage, okResource, route } from '../http/route.ts';

const NAME_LENGTH = 150;

/** What controls the usage of a customer's SIMs. */
export const routes = [
  route({
    method: 'POST',
    path: '/v1/customer-services',
    operationId: 'createCustomerService',
    access: 'create_customers_and_services',
    tag: 'Customer services',
    summary: 'Create a service for a customer',
    description: "The default name is the customer's short name followed by the tariff's name.",
    body: z.lazy(() =>
      z.strictObject({ customerId: idSchema, tariffId: idSchema, name: z.optional(line(NAME_LENGTH)) }),
    ),
    example: { customerId: 'cus_01JG0000000000000000000000', tariffId: 'trf_customer_all' },
    answers: { 201: customerServiceSchema },
    handle: async ({ caller, body, now, newId }) => {
      const { partnerId } = caller;
      const at = now.toISOString();
      const customer = await getCustomer(partnerId, body.customerId);
      if (!customer) {
        throw unknownId('/customerId', 'customer', body.customerId);
      }
      const tariff = await tariffForService(partnerId, body.tariffId, 'customer');
      const service = {
        id: newId('customerService'),
        customerId: customer.id,
        tariffId: tariff.id,
        name: body.name ?? defaultServiceName(customer, tariff),
        createdAt: at,
        updatedAt: at,
        version: 1,
      };
      const outcome = await createCustomerService(partnerId, service);
      if (outcome === 'no_customer') {
        throw unknownId('/customerId', 'customer', body.customerId);
      }
      if (outcome === 'name_taken') {
        throw nameTaken(service.name);
      }
      return created(`/v1/customer-services/${service.id}`, showCustomerService(outcome));
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
    query: () => z.strictObject({ customerId: z.optional(idSchema) }),
    answers: { 200: customerServiceSchema },
    handle: async ({ caller, query, page }) => {
      if (caller.kind === 'customer' && query.customerId !== undefined && query.customerId !== caller.customerId) {
        return okPage([]);
      }
      const customerId = caller.kind === 'customer' ? caller.customerId : query.customerId;
      const { items, next } = await fillPage(
        page,
        (limit, after) =>
          customerId === undefined
            ? queryCustomerServices(caller.partnerId, limit, after)
            : queryServicesOfCustomer(caller.partnerId, customerId, limit, after),
        () => true,
        ({ id }) => `CSV#${id}`,
      );
      return okPage(items.map(showCustomerService), next);
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
    handle: async ({ caller, path: { id } }) => okResource(showCustomerService(await theService(caller, id))),
  }),
  route({
    method: 'GET',
    path: '/v1/customer-services/{id}/usage',
    operationId: 'getCustomerServiceUsage',
    access: 'see_own',
    tag: 'Usage',
    summary: 'Get the monthly usage of a customer service',
    query: serviceUsageQuery,
    answers: { 200: serviceUsageSchema },
    handle: async ({ caller, path: { id }, query, now }) => {
      const service = await theService(caller, id);
      const tariff = await getTariff(service.tariffId);
      return okResource(showServiceUsage(await readServiceUsage(caller.partnerId, { service, tariff }, query, now)));
    },
  }),
  route({
    method: 'PATCH',
    path: '/v1/customer-services/{id}',
    operationId: 'updateCustomerService',
    access: 'edit_customers_and_services',
    tag: 'Customer services',
    summary: 'Rename a customer service',
    body: z.lazy(() => z.strictObject({ name: z.optional(line(NAME_LENGTH)) })),
    answers: { 200: customerServiceSchema },
    handle: async ({ caller, path: { id }, body: { name }, ifMatch, now }) => {
      const service = await theService(caller, id);
      requireMatch(ifMatch, showCustomerService(service));
      if (name === undefined || name === service.name) {
        return { ...okResource(showCustomerService(service)), before: showCustomerService(service) };
      }
      const renamed = await renameCustomerService(caller.partnerId, service, name, now.toISOString());
      if (renamed === 'name_taken') {
        throw nameTaken(name);
      }
      return { ...okResource(showCustomerService(renamed)), before: showCustomerService(service) };
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/customer-services/{id}',
    operationId: 'deleteCustomerService',
    access: 'delete_customers_and_services',
    tag: 'Customer services',
    summary: 'Delete a customer service that has no SIMs',
    description: 'Terminated SIMs do not count: they keep the id of the service as history.',
    answers: { 204: null },
    handle: async ({ caller, path: { id }, ifMatch }) => {
      const service = await theService(caller, id);
      requireMatch(ifMatch, showCustomerService(service));
      if ((await deleteCustomerService(caller.partnerId, service)) === 'in_use') {
        throw new Refusal(
          'in_use',
          'The service still has SIMs. Unassign, terminate or assign them to another service first.',
        );
      }
      return { ...noContent, before: showCustomerService(service) };
    },
  }),
];

async function theService(caller: PartnerCaller, id: string): Promise<CustomerServiceRecord> {
  const service = await getCustomerService(caller.partnerId, id);
  if (!service || (caller.kind === 'customer' && service.customerId !== caller.customerId)) {
    throw notFound('customer service', id);
  }
  return service;
}

function nameTaken(name: string): Refusal {
  return new Refusal('name_taken', `The customer already has a service named ${JSON.stringify(name)}.`, {
    errors: [{ pointer: '/name', code: 'name_taken', message: 'Service names are unique per customer.' }],
  });
}

export const handler = createApiHandler(routes);
