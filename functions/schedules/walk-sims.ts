import { collectTotals } from '../../use-cases/usage/collect-totals.ts';
import { createSchedule } from '../background/schedule.ts';

/** Continues the walks over all SIMs of operators. */
export const handler = createSchedule(async (hasTime) => {
  await collectTotals(hasTime);
});
