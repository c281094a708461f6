import * as z from 'zod/mini';
import { described } from '../domain/described.ts';
import type { FleetCounts } from '../domain/fleet-counts.ts';
import { namedSchema, showAs, time } from './fields.ts';

export const fleetCountsSchema = namedSchema('SimCounts', () =>
  z.object({
    countedAt: described(time, 'When the SIMs were counted.'),
    complete: described(z.boolean(), 'Whether all SIMs were counted. Otherwise each number is a minimum.'),
    states: described(
      z.object({
        in_holding: z.int(),
        in_stock: z.int(),
        assigned: z.int(),
        activating: z.int(),
        testing: z.int(),
        active: z.int(),
        suspended: z.int(),
        terminated: z.int(),
      }),
      'Number of SIMs in each state.',
    ),
  }),
);

export const showFleetCounts = (counts: FleetCounts) => showAs(fleetCountsSchema, counts);
