import * as z from 'zod/mini';
import { described } from '../domain/described.ts';
import type { CustomerService, PartnerService } from '../domain/service.ts';
import { id, stamps } from './fields.ts';

export const partnerServiceSchema = z.lazy(() =>
  z
    .object({
      id,
      name: z.string(),
      tariffId: described(z.optional(z.string()), 'Absent for holding services.'),
      holding: described(
        z.boolean(),
        '`true` for the services that the system creates for arriving SIMs. They cannot be edited, and SIMs cannot be migrated to them.',
      ),
      ...stamps,
    })
    .register(z.globalRegistry, { id: 'PartnerService' }),
);

export const showPartnerService = (service: PartnerService) => partnerServiceSchema.parse(service);

export const customerServiceSchema = z.lazy(() =>
  z
    .object({ id, customerId: z.string(), tariffId: z.string(), name: z.string(), ...stamps })
    .register(z.globalRegistry, { id: 'CustomerService' }),
);

export const showCustomerService = (service: CustomerService) => customerServiceSchema.parse(service);
