import pMap from 'p-map';
import type { SimRecord } from '../../adapters/dynamodb/sims.ts';
import { applyOperatorAnswers, askToActivate } from '../../use-cases/sims/activation.ts';
import { applyAction } from '../../use-cases/sims/apply-action.ts';
import { shardTask } from '../../use-cases/sims/process-page.ts';
import { IN_FLIGHT } from '../../use-cases/sims/stage-limits.ts';

/**
 * Marks the SIMs that may be activated as `activating`, then asks their operators, a page at a time. What an operator
 * says at once is a result; the rest is confirmed later (confirm-activation), and so is what it could not be asked.
 */
export const handler = shardTask(async (work) => {
  const moved = await pMap(work.open, (iccid) => applyAction(work, iccid), { concurrency: IN_FLIGHT });
  const activating = moved.flatMap(({ changed }) => (changed && isUnderWay(changed) ? [changed] : []));
  const { answers } = await askToActivate(activating, work.key);
  return [
    ...moved.filter(({ changed }) => !changed || !isUnderWay(changed)),
    ...(await applyOperatorAnswers(work, activating, answers)),
  ];
});

/** Also a SIM that a crash left `assigned` between its last step and its result: the operator says again why. */
function isUnderWay({ state }: SimRecord): boolean {
  return state === 'activating' || state === 'assigned';
}
