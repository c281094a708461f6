import * as z from 'zod';

/**
 * The behaviour of an operator. The defaults are those of a well-behaved operator. Order settings (`rejectOrders`,
 * `shipFraction`, `leadTimeDays`) apply when an order is submitted, the other settings when a change of a SIM is requested.
 */
export const behaviourSchema = z.strictObject({
  rejectOrders: z.boolean().default(false).describe('New orders are rejected'),
  shipFraction: z
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe('The fraction of an order that is delivered, rounded down'),
  leadTimeDays: z
    .number()
    .min(0)
    .max(365)
    .optional()
    .describe(
      'Working days from order to delivery; 3 to 5, by order, when left out. A fraction is a part of a day more',
    ),
  stall: z.boolean().default(false).describe('Accepts requests and never answers'),
  refuseActivation: z.array(z.string()).default([]).describe('ICCIDs whose activation is refused'),
  activationDelayDays: z
    .number()
    .min(0)
    .max(365)
    .default(0)
    .describe('Days from the request of an activation to its end'),
  changeDelayDays: z
    .number()
    .min(0)
    .max(365)
    .default(0)
    .describe('Days from the request of a bar, its removal or a termination to its end'),
  refuseChanges: z
    .array(z.string())
    .default([])
    .describe('ICCIDs whose bars, their removal and termination are refused, after `changeDelayDays`'),
  failureRate: z.number().min(0).max(1).default(0).describe('The fraction of calls that are answered with 503'),
  requestsPerSecond: z
    .int()
    .min(1)
    .optional()
    .describe(
      'Calls in a second of real time; others are refused. IoT Accelerator counts them by path, Control Center for the account, and the third protocol not at all',
    ),
  requestsPerMinute: z.int().min(1).optional().describe('Likewise in a minute'),
  concurrentCalls: z.int().min(1).optional().describe('Calls at a time; others are refused'),
  latencyMs: z.int().min(0).max(60_000).default(0).describe('Real milliseconds that each answer takes'),
  shrinkTotals: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('The fraction by which totals of usage are lower than what was recorded; records stay as they are'),
  oddSims: z
    .boolean()
    .default(false)
    .describe('The first SIMs of a delivery have unusual formats, one of them unreadable'),
  duplicateAnswers: z.boolean().default(false).describe('Repeats and reorders answers'),
});

/** A behaviour in a request: every field is optional. */
export type BehaviourRequest = z.input<typeof behaviourSchema>;
export type Behaviour = z.infer<typeof behaviourSchema>;

export const wellBehaved: Behaviour = behaviourSchema.parse({});

/** A SIM's usage: `bytes` up to the time `at` (default: now) in `network` (MCC and MNC; default: home). */
export const usageSchema = z.strictObject({
  iccid: z.string().regex(/^\d{19,20}$/, 'an ICCID has 19 or 20 digits'),
  bytes: z.int().min(0),
  at: z.iso.datetime({ offset: true }).optional(),
  network: z.string().min(1).max(40).optional(),
});

export type Usage = z.infer<typeof usageSchema>;

/** SIMs that the operator ships without an order over its API. */
export const shipmentSchema = z.strictObject({ quantity: z.int().min(1).max(100_000) });

/** What an operator does to a SIM by itself. */
export const ownChangeSchema = z.strictObject({
  status: z.enum(['active', 'barred', 'terminated']).optional(),
  msisdn: z
    .string()
    .regex(/^\+[1-9]\d{6,14}$/)
    .optional(),
  imei: z
    .string()
    .regex(/^\d{14,16}$/)
    .optional(),
  connected: z.boolean().optional(),
  network: z.string().min(1).max(40).optional(),
  ip: z.union([z.ipv4(), z.ipv6()]).optional(),
});

export type OwnChange = z.infer<typeof ownChangeSchema>;
