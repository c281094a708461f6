import { selectSims } from '../../use-cases/sims/select-sims.ts';
import { createTask, operationInput } from '../background/task.ts';

/** Fixes the selection of an operation. */
export const handler = createTask(
  operationInput,
  async ({ partnerId, id }, hasTime): Promise<{ goTo: 'select' | 'stages' }> => {
    const isComplete = await selectSims(partnerId, id, hasTime);
    return { goTo: isComplete ? 'stages' : 'select' };
  },
);
