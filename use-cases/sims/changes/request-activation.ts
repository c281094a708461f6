import type { SimRecord } from '../../../adapters/dynamodb/sims.ts';
import { applyActionTo, applyActionToAll } from '../apply-action.ts';
import type { Outcome, PageWork } from '../process-page.ts';
import { applyOperatorAnswers } from './apply-operator-answers.ts';
import { askForChange } from './ask-operators.ts';
import { inTurns } from './in-turns.ts';
import { isToChange } from './request-change.ts';

/**
 * Requests the activation of the SIMs of a page.
 *
 * 1. Marks the SIMs that the rules allow as `activating`, or with a pending change if they are in test status: as many at a time as
 *    their operators take calls about.
 * 2. Asks their operators to remove the bars.
 * 3. Applies the immediate answers. SIMs without a final answer have no result yet: `confirm-changes` polls them, also those that an
 *    attempt marked before it crashed.
 */
export async function requestActivation(work: PageWork): Promise<Outcome[]> {
  if (work.operation.dryRun) {
    return applyActionToAll(work);
  }
  const found = await Promise.all(
    work.open.map(async (iccid) => {
      const sim = work.sims.get(iccid);
      return sim && (await isToChange(sim, work.request, work.at)) ? [sim] : [];
    }),
  );
  const toAsk = found.flat();
  const isToAsk = new Set<string>(toAsk.map(({ iccid }) => iccid));
  const others = await applyActionTo(
    work,
    work.open.filter((iccid) => !isToAsk.has(iccid)),
  );
  const asked = await inTurns(work, toAsk, async (sims, operator) => {
    const marked = await applyActionTo(
      work,
      sims.map(({ iccid }) => iccid),
    );
    const inProgress = marked.flatMap(({ changed }) => (changed && isInProgress(changed) ? [changed] : []));
    const answers = await askForChange(work, operator, 'activate', inProgress, work.key);
    return [...settled(marked), ...(await applyOperatorAnswers(work, 'activate', inProgress, answers))];
  });
  return [...settled(others), ...asked];
}

/** The outcomes of SIMs that do not wait for their operator. */
const settled = (outcomes: readonly Outcome[]) => outcomes.filter(({ changed }) => !changed || !isInProgress(changed));

/** Also true for a SIM that a crash left as it was before, between its last step and its result. */
function isInProgress({ state }: SimRecord): boolean {
  return state === 'activating' || state === 'assigned' || state === 'testing';
}
