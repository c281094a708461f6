import * as z from 'zod/mini';
import { compareSims, startComparisons } from '../../use-cases/differences/compare-sims.ts';
import { collectTotals } from '../../use-cases/usage/collect-totals.ts';
import { createSchedule } from '../background/schedule.ts';

/** The input of the schedule that starts to compare SIMs. */
const startsComparisons = z.object({ startsComparisons: z.literal(true) });

/** Continues the walks over all SIMs of operators, or starts those that compare SIMs. */
export const handler = createSchedule(async (hasTime, event) => {
  if (startsComparisons.safeParse(event).success) {
    await startComparisons();
    return;
  }
  // Concurrently: a walk over a large fleet may take every run.
  await Promise.all([collectTotals(hasTime), compareSims(hasTime)]);
});
