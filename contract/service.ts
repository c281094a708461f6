import * as z from 'zod/mini';
import { described } from '../domain/described.ts';
import type { CustomerService, PartnerService } from '../domain/service.ts';
import { id, namedSchema, showAs, stamps } from './fields.ts';

export const partnerServiceSchema = namedSchema('PartnerService', () =>
  z.object({
    id,
    name: z.string(),
    tariffId: described(z.optional(z.string()), 'Absent for holding services.'),
    holding: described(
      z.boolean(),
      '`true` for the services that the system creates for arriving SIMs. They cannot be edited, and SIMs cannot be migrated to them.',
    ),
    ...stamps,
  }),
);

export const showPartnerService = (service: PartnerService) => showAs(partnerServiceSchema, service);

export const customerServiceSchema = namedSchema('CustomerService', () =>
  z.object({ id, customerId: z.string(), tariffId: z.string(), name: z.string(), ...stamps }),
);

export const showCustomerService = (service: CustomerService) => showAs(customerServiceSchema, service);
