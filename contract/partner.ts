import * as z from 'zod/mini';
import type { Partner } from '../domain/partner.ts';
import { address, contact, id, stamps } from './fields.ts';

export const partnerSchema = z.lazy(() =>
  z
    .object({
      id,
      name: z.string(),
      shortName: z.string(),
      deliveryAddress: address,
      contact,
      holdingDays: z.optional(z.int()),
      requestsPerSecond: z.optional(z.int()),
      ...stamps,
    })
    .register(z.globalRegistry, { id: 'Partner' }),
);

export const showPartner = (partner: Partner) => partnerSchema.parse(partner);
