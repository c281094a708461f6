import * as z from 'zod/mini';
import type { Caller } from '../domain/access.ts';
import { described } from '../domain/described.ts';
import type { CustomerService, PartnerService } from '../domain/service.ts';
import { id, namedSchema, showAs, stamps, time } from './fields.ts';

const nextTariff = () =>
  described(
    z.optional(z.object({ tariffId: z.string(), from: described(time, 'Start of the next period.') })),
    'The tariff from the next period on. Set the current `tariffId` to withdraw it.',
  );

export const partnerServiceSchema = namedSchema('PartnerService', () =>
  z.object({
    id,
    name: z.string(),
    tariffId: described(z.optional(z.string()), 'Absent for holding services.'),
    nextTariff: nextTariff(),
    notes: z.optional(z.string()),
    holding: described(
      z.boolean(),
      '`true` for the services that the system creates for arriving SIMs. They cannot be changed or deleted, and SIMs cannot be migrated to them.',
    ),
    ...stamps,
  }),
);

export const showPartnerService = (service: PartnerService) => showAs(partnerServiceSchema, service);

export const customerServiceSchema = namedSchema('CustomerService', () =>
  z.object({
    id,
    customerId: z.string(),
    tariffId: z.string(),
    nextTariff: nextTariff(),
    name: z.string(),
    notes: described(z.optional(z.string()), 'Not shown to users of the customer.'),
    ...stamps,
  }),
);

/** Users of the customer do not see the notes. */
export const showCustomerService = ({ notes, ...service }: CustomerService, { kind }: Pick<Caller, 'kind'>) =>
  showAs(customerServiceSchema, { ...service, ...(kind === 'customer' || notes === undefined ? {} : { notes }) });
