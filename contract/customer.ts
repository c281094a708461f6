import * as z from 'zod/mini';
import type { Customer } from '../domain/customer.ts';
import { address, contact, id, namedSchema, showAs, stamps } from './fields.ts';

const customerFields = () => ({
  id,
  name: z.string(),
  shortName: z.string(),
  registrationNumber: z.optional(z.string()),
  contact: z.optional(contact),
  address: z.optional(address),
  addresses: z.optional(z.object({ delivery: z.optional(address), invoicing: z.optional(address) })),
  contacts: z.array(contact),
});

export const customerSchema = namedSchema('Customer', () =>
  z.object({ ...customerFields(), tags: z.array(z.string()), ...stamps }),
);

export const showCustomer = (customer: Customer) =>
  showAs(customerSchema, { ...customer, contacts: customer.contacts ?? [] });

/** A customer as its own users see it: without the tags, which are the partner's. */
export const ownCustomerSchema = namedSchema('OwnCustomer', () => z.object({ ...customerFields(), ...stamps }));

export const showOwnCustomer = (customer: Customer) =>
  showAs(ownCustomerSchema, { ...customer, contacts: customer.contacts ?? [] });
