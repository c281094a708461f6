import * as z from 'zod/mini';
import {
  type CustomerRecord,
  changeCustomer,
  createCustomer,
  deleteCustomer,
  getCustomer,
  queryCustomers,
} from '../../adapters/dynamodb/customers.ts';
import { customerSchema, showCustomer } from '../../contract/customer.ts';
import { addressFields, addressSchema, contactFields, contactSchema } from '../../domain/address.ts';
import { shortNameOf } from '../../domain/customer.ts';
import { described } from '../../domain/described.ts';
import { line } from '../../domain/text.ts';
import { fillPage } from '../../use-cases/fill-page.ts';
import { isUnchanged } from '../../use-cases/is-unchanged.ts';
import { notFound, Refusal } from '../../use-cases/refusal.ts';
import { createApiHandler } from '../http/create-api-handler.ts';
import { requireMatch } from '../http/etag.ts';
import { parseOrThrow } from '../http/input.ts';
import { mergePatch } from '../http/merge-patch.ts';
import { created, noContent, okPage, okResource, route } from '../http/route.ts';

const customerFields = () => ({
  name: line(100),
  shortName: described(z.optional(line(30)), 'Derived from the name when omitted.'),
  contact: z.optional(contactSchema),
  address: z.optional(addressSchema),
  tags: z.optional(z.array(line(50)).check(z.maxLength(20))),
});

/** What a customer is after a change: some of its fields. */
const changedCustomer = z.lazy(() => z.partial(z.strictObject(customerFields())));

/** Whom the partner serves. */
export const routes = [
  route({
    method: 'POST',
    path: '/v1/customers',
    operationId: 'createCustomer',
    access: 'create_customers_and_services',
    tag: 'Customers',
    summary: 'Create a customer',
    body: z.lazy(() => z.strictObject(customerFields())),
    example: { name: 'Northwind Meters Ltd', contact: { name: 'Nora', email: 'nora@northwind.example' } },
    answers: { 201: customerSchema },
    handle: async ({ caller, body, now, newId }) => {
      const at = now.toISOString();
      const customer = await createCustomer(caller.partnerId, {
        id: newId('customer'),
        name: body.name,
        shortName: body.shortName ?? shortNameOf(body.name),
        ...(body.contact ? { contact: body.contact } : {}),
        ...(body.address ? { address: body.address } : {}),
        tags: body.tags ?? [],
        createdAt: at,
        updatedAt: at,
        version: 1,
      });
      return created(`/v1/customers/${customer.id}`, showCustomer(customer));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/customers',
    operationId: 'listCustomers',
    access: 'see',
    tag: 'Customers',
    summary: 'List customers',
    paged: true,
    query: () => z.strictObject({ q: described(z.optional(line(100)), 'Part of the name, case-insensitive.') }),
    answers: { 200: customerSchema },
    handle: async ({ caller, query: { q }, page }) => {
      const wanted = q?.toLocaleLowerCase('en');
      const { items, next } = await fillPage(
        page,
        (limit, after) => queryCustomers(caller.partnerId, limit, after),
        ({ name }) => wanted === undefined || name.toLocaleLowerCase('en').includes(wanted),
        ({ id }) => `CUS#${id}`,
      );
      return okPage(items.map(showCustomer), next);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/customers/{id}',
    operationId: 'getCustomer',
    access: 'see',
    tag: 'Customers',
    summary: 'Get a customer',
    answers: { 200: customerSchema },
    handle: async ({ caller, path: { id } }) => okResource(showCustomer(await theCustomer(caller.partnerId, id))),
  }),
  route({
    method: 'PATCH',
    path: '/v1/customers/{id}',
    operationId: 'updateCustomer',
    access: 'edit_customers_and_services',
    tag: 'Customers',
    summary: 'Update a customer',
    body: z.lazy(() => {
      const phone = z.nullable(contactFields().phone);
      const postalCode = z.nullable(addressFields().postalCode);
      return z.partial(
        z.strictObject({
          ...customerFields(),
          contact: z.nullable(z.partial(z.strictObject({ ...contactFields(), phone }))),
          address: z.nullable(z.partial(z.strictObject({ ...addressFields(), postalCode }))),
          tags: z.nullable(z.array(line(50)).check(z.maxLength(20))),
          shortName: line(30),
        }),
      );
    }),
    answers: { 200: customerSchema },
    handle: async ({ caller, path: { id }, body, ifMatch, now }) => {
      const customer = await theCustomer(caller.partnerId, id);
      requireMatch(ifMatch, showCustomer(customer));
      const change = mergePatch(body, { tags: [] }, customer);
      parseOrThrow(changedCustomer, change.set);
      const before = showCustomer(customer);
      if (isUnchanged(customer, change.set, change.remove)) {
        return { ...okResource(before), before };
      }
      const changed = await changeCustomer(caller.partnerId, customer, change, now.toISOString());
      return { ...okResource(showCustomer(changed)), before };
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/customers/{id}',
    operationId: 'deleteCustomer',
    access: 'delete_customers_and_services',
    tag: 'Customers',
    summary: 'Delete a customer without services and SIMs',
    answers: { 204: null },
    handle: async ({ caller, path: { id }, ifMatch }) => {
      const customer = await theCustomer(caller.partnerId, id);
      requireMatch(ifMatch, showCustomer(customer));
      if ((await deleteCustomer(caller.partnerId, customer)) === 'in_use') {
        throw new Refusal(
          'in_use',
          'The customer still has services. Unassign or terminate their SIMs and delete the services first.',
        );
      }
      return { ...noContent, before: showCustomer(customer) };
    },
  }),
];

async function theCustomer(partnerId: string, id: string): Promise<CustomerRecord> {
  const customer = await getCustomer(partnerId, id);
  if (!customer) {
    throw notFound('customer', id);
  }
  return customer;
}

export const handler = createApiHandler(routes);
