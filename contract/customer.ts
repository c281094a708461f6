import * as z from 'zod/mini';
import type { Customer } from '../domain/customer.ts';
import { address, contact, id, namedSchema, showAs, stamps } from './fields.ts';

export const customerSchema = namedSchema('Customer', () =>
  z.object({
    id,
    name: z.string(),
    shortName: z.string(),
    contact: z.optional(contact),
    address: z.optional(address),
    tags: z.array(z.string()),
    ...stamps,
  }),
);

export const showCustomer = (customer: Customer) => showAs(customerSchema, customer);
