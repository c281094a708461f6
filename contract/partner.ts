import * as z from 'zod/mini';
import type { Partner } from '../domain/partner.ts';
import { address, contact, id, namedSchema, showAs, stamps } from './fields.ts';

export const partnerSchema = namedSchema('Partner', () =>
  z.object({
    id,
    name: z.string(),
    shortName: z.string(),
    deliveryAddress: address,
    contact,
    holdingDays: z.optional(z.int()),
    requestsPerSecond: z.optional(z.int()),
    ...stamps,
  }),
);

export const showPartner = (partner: Partner) => showAs(partnerSchema, partner);
