import pMap from 'p-map';
import { applyAction } from '../../use-cases/sims/apply-action.ts';
import { shardTask } from '../../use-cases/sims/process-page.ts';
import { IN_FLIGHT } from '../../use-cases/sims/stage-limits.ts';

/** Assigns SIMs to a customer with one of its services, which cannot be deleted while this is at work. */
export const handler = shardTask((work) =>
  pMap(work.open, (iccid) => applyAction(work, iccid), { concurrency: IN_FLIGHT }),
);
