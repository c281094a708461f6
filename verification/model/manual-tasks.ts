import { behaviourOf } from './command.ts';
import type { Model } from './model.ts';
import { UNKNOWN_ICCID } from './selection.ts';
import { ensure, expectStatus, formatAnswer, type SeenProblem, type World } from './world.ts';

// Changes by hand: the staff complete the tasks of the history's own operator, and name the SIMs that it refuses.

type SeenTask = {
  id: string;
  operatorId: string;
  partnerId: string;
  action: string;
  count: number;
  operationId?: string;
  orderId?: string;
  state: string;
  doneBy?: string;
};
type TaskSim = { iccid: string; refused?: string };

/** All items of a list of the platform's. */
export async function listAsStaff<T>(world: World, path: string): Promise<T[]> {
  const items: T[] = [];
  let cursor = '';
  do {
    const query = `${path.includes('?') ? '&' : '?'}limit=200${cursor}`;
    const page = expectStatus(200, await world.staff.get<{ items: T[]; nextCursor?: string }>(`${path}${query}`));
    items.push(...page.items);
    cursor = page.nextCursor === undefined ? '' : `&cursor=${encodeURIComponent(page.nextCursor)}`;
  } while (cursor !== '');
  return items;
}

/** The tasks of this history in a state. */
export async function tasksOf(world: World, state: 'open' | 'done'): Promise<SeenTask[]> {
  const path = `/v1/platform/manual-tasks?operatorId=${world.ownOperator}&state=${state}`;
  const tasks = await listAsStaff<SeenTask>(world, path);
  return tasks.filter(({ partnerId }) => partnerId === world.partnerId);
}

/**
 * Completes the open tasks about SIMs.
 *
 * @param operationId those of this operation. Default: all, except those of slow changes.
 */
export async function completeTasks(model: Model, world: World, operationId?: string): Promise<void> {
  for (const task of await tasksOf(world, 'open')) {
    const isMeant =
      operationId === undefined
        ? !model.slowChanges.has(task.operationId ?? '')
        : (task.operationId ?? '') === operationId;
    if (isMeant && task.action !== 'cancel_order') {
      await completeTask(model, world, task);
    }
  }
}

const pathOfTask = ({ id }: SeenTask, last = '') => `/v1/platform/manual-tasks/${id}${last}`;

async function completeTask(model: Model, world: World, task: SeenTask): Promise<void> {
  const sims = await listAsStaff<TaskSim>(world, pathOfTask(task, '/sims'));
  const { count, ...read } = expectStatus(200, await world.staff.get<SeenTask>(pathOfTask(task)));
  const isSound =
    read.operatorId === world.ownOperator &&
    read.action === task.action &&
    read.operationId === task.operationId &&
    read.state === 'open' &&
    count >= sims.length &&
    sims.length > 0 &&
    sims.every(({ iccid, refused }) => {
      const sim = model.sims.get(iccid)?.[0];
      // Those of an order that has just been delivered are not in the model yet.
      return refused === undefined && (sim === undefined || sim.operator === world.ownOperator);
    });
  ensure(isSound, () => `The task ${JSON.stringify({ ...read, count })} has the SIMs ${JSON.stringify(sims)}`);
  const { refuses, refusesChanges } = behaviourOf(model, world.ownOperator);
  const meant = task.action === 'activate' || task.action === 'test' ? refuses : refusesChanges;
  const refused = sims.flatMap(({ iccid }) => (meant.includes(iccid) ? [{ iccid, reason: 'Not now.' }] : []));
  world.log(`   the staff ${task.action} ${sims.length} SIMs by hand, ${refused.length} refused`);
  const done = expectStatus(200, await complete(world, task, refused));
  ensure(done.state === 'done' && done.doneBy !== undefined, () => `A completed task is ${JSON.stringify(done)}`);
  const operationId = task.operationId ?? '';
  const before = model.refusedByHand.get(operationId) ?? new Set();
  model.refusedByHand.set(operationId, new Set([...before, ...refused.map(({ iccid }) => iccid)]));
  await repeatCompletion(world, task, refused, done);
}

type Refused = { iccid: string; reason: string };

const complete = (world: World, task: SeenTask, refused: readonly Refused[]) =>
  world.staff.post<SeenTask & SeenProblem>(pathOfTask(task, '/complete'), { refused });

/** The same completion is answered with the task, another one is refused, and the SIMs show the refusals. */
async function repeatCompletion(
  world: World,
  task: SeenTask,
  refused: readonly Refused[],
  done: SeenTask,
): Promise<void> {
  const again = await complete(world, task, refused);
  const isSame = JSON.stringify(expectStatus(200, again)) === JSON.stringify(done);
  ensure(isSame, () => `A repeated completion is answered with ${formatAnswer(again)}`);
  const other = await complete(world, task, [...refused, { iccid: UNKNOWN_ICCID, reason: 'Not ours.' }]);
  ensure(expectStatus(409, other).code === 'wrong_state', () => formatAnswer(other));
  const sims = await listAsStaff<TaskSim>(world, pathOfTask(task, '/sims'));
  const shown = sims.flatMap(({ iccid, refused: reason }) => (reason === undefined ? [] : [{ iccid, reason }]));
  ensure(
    JSON.stringify(shown) === JSON.stringify(refused),
    () => `The refusals ${JSON.stringify(refused)} are shown as ${JSON.stringify(shown)}`,
  );
}

/** A completion that names a SIM that is not in the task changes nothing. */
export async function completeWrongly(world: World, operationId: string): Promise<void> {
  for (const task of (await tasksOf(world, 'open')).filter((one) => one.operationId === operationId)) {
    world.log('   the staff refuse a SIM that is not in their task');
    const answer = await complete(world, task, [{ iccid: UNKNOWN_ICCID, reason: 'Not ours.' }]);
    const [error] = expectStatus(422, answer).errors ?? [];
    ensure(error?.code === 'not_found', () => formatAnswer(answer));
    const { state } = expectStatus(200, await world.staff.get<SeenTask>(pathOfTask(task)));
    ensure(state === 'open', () => `A task is ${state} after a wrong completion`);
  }
}
