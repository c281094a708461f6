import { manualTaskPosition, queryManualTasks } from '../../adapters/dynamodb/manual-tasks.ts';
import type { OperatorId } from '../../domain/ids.ts';
import type { ManualTask, ManualTaskState } from '../../domain/manual-task.ts';
import { fillPage, type PageRequest } from '../fill-page.ts';
import { requireKnownFilter } from '../known-operator.ts';

/** A page of the manual tasks of all partners in a state, oldest first. @throws Refusal `invalid_input` */
export async function listManualTasks(
  { operatorId, state = 'open' }: { operatorId?: OperatorId | undefined; state?: ManualTaskState | undefined },
  page: PageRequest,
): Promise<{ items: ManualTask[]; next?: string }> {
  await requireKnownFilter(operatorId);
  return fillPage(
    page,
    (limit, after) => queryManualTasks(state, limit, after),
    (task) => operatorId === undefined || task.operatorId === operatorId,
    manualTaskPosition,
  );
}
