import * as z from 'zod/mini';
import { customerSchema, ownCustomerSchema, showCustomer, showOwnCustomer } from '../../contract/customer.ts';
import { addressFields, addressSchema, contactFields, contactSchema } from '../../domain/address.ts';
import { type Customer, MAX_CONTACTS } from '../../domain/customer.ts';
import { described } from '../../domain/described.ts';
import { distinctLines, line } from '../../domain/text.ts';
import { createCustomer } from '../../use-cases/customers/create-customer.ts';
import { deleteCustomer } from '../../use-cases/customers/delete-customer.ts';
import { listCustomers, readCustomer, readOwnCustomer } from '../../use-cases/customers/read-customers.ts';
import { updateCustomer } from '../../use-cases/customers/update-customer.ts';
import { createApiHandler } from '../http/create-api-handler.ts';
import { requireMatch } from '../http/etag.ts';
import { parseOrThrow } from '../http/input.ts';
import { mergePatch } from '../http/merge-patch.ts';
import { created, noContent, okPage, okResource, route } from '../http/route.ts';

const customerFields = () => ({
  name: line(100),
  shortName: described(z.optional(line(30)), 'Derived from the name when omitted.'),
  registrationNumber: described(z.optional(line(50)), 'Number in the register of companies.'),
  contact: z.optional(contactSchema),
  address: z.optional(addressSchema),
  addresses: described(
    z.optional(z.strictObject({ delivery: z.optional(addressSchema), invoicing: z.optional(addressSchema) })),
    'Addresses for deliveries and invoices, where they differ from `address`.',
  ),
  contacts: described(
    z.optional(z.array(contactSchema).check(z.maxLength(MAX_CONTACTS))),
    'Further contact persons, up to 10.',
  ),
  tags: z.optional(distinctLines(50, 20)),
});

/** Validates the merged fields of an update. */
const changedFields = () => z.partial(z.strictObject(customerFields()));

/** The customers of a partner. */
export const routes = [
  route({
    method: 'POST',
    path: '/v1/customers',
    operationId: 'createCustomer',
    access: 'create_customers_and_services',
    tag: 'Customers',
    summary: 'Create a customer',
    body: () => z.strictObject(customerFields()),
    example: { name: 'Northwind Meters Ltd', contact: { name: 'Nora', email: 'nora@northwind.example' } },
    answers: { 201: customerSchema },
    handle: async ({ caller, body, now, newId }) => {
      const customer = await createCustomer(caller.partnerId, body, { now, newId });
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
    description:
      'A page checks at most 1,000 customers. If few of them match the filters, a page can be short, or empty, and still have a `nextCursor`.',
    query: () =>
      z.strictObject({
        q: described(z.optional(line(100)), 'Part of the name, case-insensitive.'),
        tag: described(z.optional(line(50)), 'One of the tags, ignoring case.'),
      }),
    answers: { 200: customerSchema },
    handle: async ({ caller, query, page }) => {
      const { items, next } = await listCustomers(caller.partnerId, query, page);
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
    handle: async ({ caller, path: { id } }) => okResource(showCustomer(await readCustomer(caller.partnerId, id))),
  }),
  route({
    method: 'GET',
    path: '/v1/customer',
    operationId: 'getOwnCustomer',
    access: 'see_own_customer',
    tag: 'Customers',
    summary: 'Get the customer that you belong to',
    description: "For users of a customer. Omits the partner's tags.",
    answers: { 200: ownCustomerSchema },
    handle: async ({ caller }) => okResource(showOwnCustomer(await readOwnCustomer(caller))),
  }),
  route({
    method: 'PATCH',
    path: '/v1/customers/{id}',
    operationId: 'updateCustomer',
    access: 'edit_customers_and_services',
    tag: 'Customers',
    summary: 'Update a customer',
    body: () => {
      const phone = z.nullable(contactFields().phone);
      const postalCode = z.nullable(addressFields().postalCode);
      const patchedAddress = () => z.nullable(z.partial(z.strictObject({ ...addressFields(), postalCode })));
      return z.partial(
        z.strictObject({
          ...customerFields(),
          contact: z.nullable(z.partial(z.strictObject({ ...contactFields(), phone }))),
          registrationNumber: z.nullable(line(50)),
          address: patchedAddress(),
          addresses: z.nullable(z.partial(z.strictObject({ delivery: patchedAddress(), invoicing: patchedAddress() }))),
          contacts: described(
            z.nullable(z.array(contactSchema).check(z.maxLength(MAX_CONTACTS))),
            'Replaces all further contact persons.',
          ),
          tags: z.nullable(distinctLines(50, 20)),
          shortName: line(30),
        }),
      );
    },
    answers: { 200: customerSchema },
    handle: async ({ caller, path: { id }, body, ifMatch, now }) => {
      const changeOf = (customer: Customer) => {
        const change = mergePatch(body, { contacts: [], tags: [] }, customer);
        parseOrThrow(changedFields(), change.set);
        return change;
      };
      const { before, after } = await updateCustomer(caller.partnerId, id, changeOf, {
        now,
        precondition: (customer) => requireMatch(ifMatch, showCustomer(customer)),
      });
      return { ...okResource(showCustomer(after)), before: showCustomer(before) };
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/customers/{id}',
    operationId: 'deleteCustomer',
    access: 'delete_customers_and_services',
    tag: 'Customers',
    summary: 'Delete a customer, optionally with its services',
    description:
      'Without `with=services`, the customer must have no services. Terminated SIMs do not prevent the deletion. They keep the ids of the customer and the service as history. Users of the customer are deactivated. If a service has other SIMs, nothing is deleted: the response is 409 `in_use`, with their number by state in `detail` and `simsByState`.',
    query: () =>
      z.strictObject({
        with: described(z.optional(z.enum(['services'])), '`services` also deletes the services of the customer.'),
      }),
    answers: { 204: null },
    handle: async ({ caller, path: { id }, query, ifMatch, now }) => {
      const { customer, services } = await deleteCustomer(caller.partnerId, id, query.with === 'services', {
        now,
        precondition: (current) => requireMatch(ifMatch, showCustomer(current)),
      });
      const customerServiceIds = services.map((service) => service.id);
      return { ...noContent, before: { ...showCustomer(customer), customerServiceIds } };
    },
  }),
];

export const handler = createApiHandler(routes);
