import pMap from 'p-map';
import { applyAction } from '../../use-cases/sims/apply-action.ts';
import { shardTask } from '../../use-cases/sims/process-page.ts';
import { IN_FLIGHT } from '../../use-cases/sims/stage-limits.ts';

/** Moves SIMs to a partner service: out of holding, or from one service to another. */
export const handler = shardTask((work) =>
  pMap(work.open, (iccid) => applyAction(work, iccid), { concurrency: IN_FLIGHT }),
);
