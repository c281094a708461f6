import { selectSims } from '../../use-cases/sims/select-sims.ts';
import { createTask, itemInput } from '../background/task.ts';

/** Fixes the selection of an operation. */
export const handler = createTask(
  itemInput,
  async ({ partnerId, id }, hasTime): Promise<{ goTo: 'select' | 'stages' }> => {
    const isComplete = await selectSims(partnerId, id, hasTime);
    return { goTo: isComplete ? 'stages' : 'select' };
  },
);
