import * as z from 'zod/mini';
import { described } from '../domain/described.ts';
import type { FleetCounts } from '../domain/fleet-counts.ts';
import { simStates } from '../domain/sim.ts';
import { namedSchema, showAs, time } from './fields.ts';

export const fleetCountsSchema = namedSchema('SimCounts', () =>
  z.object({
    countedAt: described(time, 'When the SIMs were counted.'),
    complete: described(z.boolean(), 'Whether all SIMs were counted. Otherwise each number is a minimum.'),
    states: described(z.record(z.enum(simStates), z.int()), 'Number of SIMs in each state.'),
  }),
);

export const showFleetCounts = (counts: FleetCounts) => showAs(fleetCountsSchema, counts);
