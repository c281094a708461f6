import * as z from 'zod/mini';
import { described } from '../domain/described.ts';
import type { UsageOfService } from '../domain/service-usage.ts';
import { tariffFields } from '../domain/tariff.ts';
import { namedSchema, showAs } from './fields.ts';

export const usageByServiceSchema = namedSchema('UsageByService', () =>
  z.object({
    serviceId: z.string(),
    kind: z.enum(['partner_service', 'customer_service']),
    name: z.string(),
    customerId: described(z.optional(z.string()), 'Customer of a customer service.'),
    period: described(z.string(), 'Calendar month in UTC, for example `2026-11`.'),
    tariffId: described(z.optional(z.string()), 'Tariff of the service in the period. Absent for holding services.'),
    pooling: z.optional(tariffFields().pooling),
    allowanceBytes: described(
      z.optional(z.int()),
      'Allowance of each SIM or of the pool, as in `ServiceUsage`. Absent for holding services.',
    ),
    usedBytes: described(z.int(), 'Bytes that SIMs used while they were on the service.'),
    usedPercent: described(
      z.optional(z.number()),
      'Used share of the allowance: of the pool or, with `per_sim`, by the SIM with the highest usage. Rounded down to one decimal. Absent without an allowance.',
    ),
    sims: described(z.int(), 'Number of SIMs on the service now or, for a past period, at its end.'),
    topSim: described(
      z.optional(z.object({ iccid: z.string(), bytes: z.int() })),
      'The SIM with the highest usage. Absent without usage.',
    ),
  }),
);

export function showUsageByService({ service, terms, ...usage }: UsageOfService, period: string) {
  const { id: serviceId, name } = service;
  return showAs(usageByServiceSchema, {
    serviceId,
    name,
    period,
    ...usage,
    ...terms,
    ...('customerId' in service
      ? { kind: 'customer_service', customerId: service.customerId }
      : { kind: 'partner_service' }),
  });
}
