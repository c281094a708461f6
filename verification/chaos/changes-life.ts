import { getOperation } from '../../adapters/dynamodb/operations.ts';
import type { OperationId, PartnerId } from '../../domain/ids.ts';
import { isOperationFinished } from '../../domain/operation.ts';
import type { LocalCloud } from '../../local/cloud.ts';
import {
  counted,
  describeOperations,
  describeSims,
  type Life,
  type List,
  type Made,
  makeTargets,
  named,
  type Sim,
  until,
  untilExecutionsEnd,
  untilFound,
} from './account.ts';
import { BY_HAND, chaosTariffs, grantChaosTariffs, importSims, newIccids, SLOW, staffOf } from './operators.ts';
import { type SteadyClient, steadyClient } from './steady-client.ts';

// Changes that take time: at an operator that confirms them later, and at one where the staff make them.

const SIMS_AT_SLOW = 10;
const SIMS_BY_HAND = 5;

type Task = Made & { operationId?: string; action: string; count: number; state: string };
type TaskSim = { iccid: string; refused?: string };

/**
 * Prepares a partner's life with active SIMs at both operators: they are suspended, resumed and terminated. The staff complete the
 * tasks, and report one SIM of the suspension as refused.
 *
 * @throws when a step does not finish
 */
export async function prepareChangesLife(cloud: LocalCloud, partnerId: PartnerId): Promise<Life> {
  const client = steadyClient(cloud.url, await cloud.tokenFor({ partnerId, roles: ['admin'] }));
  const staff = await staffOf(cloud);
  await grantChaosTariffs(client, staff, partnerId);
  const targets = await makeTargets(client, chaosTariffs);
  const byHand = newIccids(SIMS_BY_HAND);
  await importSims(staff, partnerId, { operatorId: BY_HAND, iccids: byHand, state: 'active', targets });
  const { id: orderId } = await client.post<Made>('/v1/orders', {
    operatorId: SLOW,
    quantity: SIMS_AT_SLOW,
    plan: { ...targets, activate: true },
  });
  await until('the order to be fulfilled', async () => {
    const { state } = await client.get<{ state: string }>(`/v1/orders/${orderId}`);
    return state === 'fulfilled';
  });
  const { items } = await client.get<List<Sim>>(`/v1/orders/${orderId}/sims?limit=200`);
  const iccids = [...items.map(({ iccid }) => iccid), ...byHand];
  const operationIds: OperationId[] = [];
  const taskIds: string[] = [];

  /** Changes SIMs at both operators. */
  async function change(action: string, more: object, refused: readonly string[]): Promise<void> {
    const { id } = await client.post<{ id: OperationId }>(`/v1/sims/${action}`, { select: { iccids }, ...more });
    operationIds.push(id);
    taskIds.push(await completeTask(staff, id, refused));
    await until('the operation to finish', async () => {
      const operation = await getOperation(partnerId, id);
      return operation !== undefined && isOperationFinished(operation);
    });
  }

  async function run(): Promise<void> {
    await change('suspend', { reason: 'chaos' }, byHand.slice(0, 1));
    await change('resume', {}, []);
    await change('terminate', { confirm: iccids.length }, []);
    await untilExecutionsEnd(cloud, operationIds);
  }

  async function account(): Promise<string[]> {
    const names = { [orderId]: 'the order', ...named(targets) };
    const serviceId = targets.customerServiceId;
    return [
      ...(await describeSims(client, partnerId, { names, serviceId, operatorId: SLOW, isSlow: true })),
      ...(await describeOperations(client, names)),
      ...(await describeTasks(staff, { operationIds, taskIds })),
    ].sort();
  }

  return { partnerId, run, account };
}

async function openTasks(staff: SteadyClient): Promise<Task[]> {
  const path = `/v1/platform/manual-tasks?operatorId=${BY_HAND}&state=open&limit=200`;
  return (await staff.get<List<Task>>(path)).items;
}

/** Completes the task of an operation. @returns its id */
async function completeTask(staff: SteadyClient, operationId: string, refused: readonly string[]): Promise<string> {
  const { id } = await untilFound('the task of the staff', async () =>
    (await openTasks(staff)).find((task) => task.operationId === operationId),
  );
  await staff.get(`/v1/platform/manual-tasks/${id}/sims?limit=200`);
  await staff.post(`/v1/platform/manual-tasks/${id}/complete`, {
    refused: refused.map((iccid) => ({ iccid, reason: 'Not now.' })),
  });
  return id;
}

/** Describes the tasks that were completed, and any that are open. */
async function describeTasks(
  staff: SteadyClient,
  { operationIds, taskIds }: { operationIds: readonly string[]; taskIds: readonly string[] },
): Promise<string[]> {
  const open = (await openTasks(staff)).filter(({ operationId }) => operationIds.some((id) => id === operationId));
  const lines: string[] = [];
  for (const id of new Set([...taskIds, ...open.map((task) => task.id)])) {
    const { action, count, state } = await staff.get<Task>(`/v1/platform/manual-tasks/${id}`);
    const { items: sims } = await staff.get<List<TaskSim>>(`/v1/platform/manual-tasks/${id}/sims?limit=200`);
    const refused = sims.filter((sim) => sim.refused !== undefined).length;
    lines.push(`task to ${action} ${count} SIMs is ${state}, ${sims.length} listed, ${refused} refused`);
  }
  return counted(lines);
}
