import type { SimState } from './sim.ts';
import { MINUTE_MS } from './time-units.ts';

/** The number of SIMs of a partner or a customer in each state. */
export type FleetCounts = {
  /** When counting began. */
  countedAt: string;
  /** Whether all SIMs were counted. Otherwise the numbers are minimums. */
  complete: boolean;
  states: Readonly<Record<SimState, number>>;
};

/** The number of SIMs for which counts are shown for a minute. Larger fleets are counted less often. */
const SIMS_PER_MINUTE = 40_000;
const MAX_MINUTES = 30;

/**
 * Whether counts are still shown: for one minute, and for one more with each further 40,000 SIMs. Counting a fleet costs as much as
 * its SIMs, so that a fleet of any size costs the same an hour.
 */
export function areCountsFresh({ countedAt, states }: FleetCounts, now: Date): boolean {
  const sims = Object.values(states).reduce((sum, count) => sum + count, 0);
  const minutes = Math.min(Math.max(Math.ceil(sims / SIMS_PER_MINUTE), 1), MAX_MINUTES);
  const age = now.getTime() - Date.parse(countedAt);
  return age >= 0 && age < minutes * MINUTE_MS;
}
