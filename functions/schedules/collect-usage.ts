import { collectUsage } from '../../use-cases/usage/collect-usage.ts';
import { countRedrivenUsage } from '../../use-cases/usage/count-redriven-usage.ts';
import { createSchedule } from '../background/schedule.ts';

/** Counts redriven usage, then collects and counts the usage that operators report. */
export const handler = createSchedule(async (hasTime) => {
  await countRedrivenUsage(hasTime);
  await collectUsage(hasTime);
});
