import {
  getManualTask,
  manualTaskPosition,
  queryManualTasks,
  refusalsOf,
  taskPagesFrom,
} from '../../adapters/dynamodb/manual-tasks.ts';
import { getSims } from '../../adapters/dynamodb/sims.ts';
import type { ManualTaskId, OperatorId } from '../../domain/ids.ts';
import type { ManualTask, ManualTaskState } from '../../domain/manual-task.ts';
import type { Sim } from '../../domain/sim.ts';
import { fillPage, type PageRequest } from '../fill-page.ts';
import { requireKnownFilter } from '../known-operator.ts';
import { orNotFound } from '../refusal.ts';

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

/** @throws Refusal `not_found` */
export async function readManualTask(id: ManualTaskId): Promise<ManualTask> {
  return orNotFound(await getManualTask(id), 'manual task', id);
}

/** A SIM of a task, with the reason if the operator refused to change it. */
export type TaskSim = Pick<Sim, 'imsi' | 'msisdn'> & { iccid: string; refused?: string };

/** The pages of SIMs that one read covers. Each has up to 250 SIMs. */
const PAGES_PER_READ = 4;

/**
 * A page of the SIMs of a task, as they are sent to the operator.
 *
 * @throws Refusal `not_found`
 */
export async function listTaskSims(
  id: ManualTaskId,
  { limit, after }: PageRequest,
): Promise<{ items: TaskSim[]; next?: string }> {
  const task = await readManualTask(id);
  const found: { iccid: string; position: string }[] = [];
  const start = positionOf(after);
  let page: number | undefined = start.page;
  while (page !== undefined && found.length <= limit) {
    const { items, last }: Awaited<ReturnType<typeof taskPagesFrom>> = await taskPagesFrom(id, page, PAGES_PER_READ);
    for (const { page: number, iccids } of items) {
      const skipped = number === start.page ? start.index : 0;
      found.push(
        ...iccids.slice(skipped).map((iccid, index) => ({ iccid, position: `${number}.${skipped + index + 1}` })),
      );
    }
    const lastRead = items.at(-1)?.page;
    page = last === undefined || lastRead === undefined ? undefined : lastRead + 1;
  }
  const listed = found.slice(0, limit);
  const [sims, refusals] = await Promise.all([
    getSims(
      task.partnerId,
      listed.map(({ iccid }) => iccid),
    ),
    task.state === 'done' ? refusalsOf(id) : new Map<string, string>(),
  ]);
  const next = found.length > limit ? listed.at(-1)?.position : undefined;
  return {
    items: listed.map(({ iccid }) => taskSim(iccid, sims.get(iccid), refusals.get(iccid))),
    ...(next === undefined ? {} : { next }),
  };
}

function taskSim(iccid: string, sim: Sim | undefined, refused: string | undefined): TaskSim {
  return {
    iccid,
    ...(sim?.imsi === undefined ? {} : { imsi: sim.imsi }),
    ...(sim?.msisdn === undefined ? {} : { msisdn: sim.msisdn }),
    ...(refused === undefined ? {} : { refused }),
  };
}

/** The place after which a list continues: a page of the operation, and the number of its SIMs that were listed. */
function positionOf(after: string | undefined): { page: number; index: number } {
  const [page = 0, index = 0] = (after ?? '0.0').split('.').map(Number);
  return { page, index };
}
