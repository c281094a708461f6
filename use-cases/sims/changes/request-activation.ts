import type { SimRecord } from '../../../adapters/dynamodb/sims.ts';
import { applyActionToAll } from '../apply-action.ts';
import type { Outcome, PageWork } from '../process-page.ts';
import { applyOperatorAnswers } from './apply-operator-answers.ts';
import { askForChange } from './ask-operators.ts';

/**
 * Requests the activation of the SIMs of a page.
 *
 * 1. Marks the SIMs that the rules allow as `activating`.
 * 2. Asks their operators to remove the bars.
 * 3. Applies the immediate answers. SIMs without a final answer have no result yet: `confirm-changes` polls them.
 */
export async function requestActivation(work: PageWork): Promise<Outcome[]> {
  const marked = await applyActionToAll(work);
  const inProgress = marked.flatMap(({ changed }) => (changed && isInProgress(changed) ? [changed] : []));
  const answers = await askForChange(work, 'activate', inProgress, work.key);
  return [
    ...marked.filter(({ changed }) => !changed || !isInProgress(changed)),
    ...(await applyOperatorAnswers(work, 'activate', inProgress, answers)),
  ];
}

/** Also true for a SIM that a crash left `assigned`, between its last step and its result: the operator repeats its answer. */
function isInProgress({ state }: SimRecord): boolean {
  return state === 'activating' || state === 'assigned';
}
