import { getOperation } from '../../adapters/dynamodb/operations.ts';
import { withCheckDigit } from '../../domain/iccid.ts';
import type { OperationId, PartnerId } from '../../domain/ids.ts';
import { isOperationFinished } from '../../domain/operation.ts';
import type { LocalCloud } from '../../local/cloud.ts';
import { operatorByHand, operatorOverApi } from '../../local/operator-settings.ts';
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
import { type SteadyClient, steadyClient } from './steady-client.ts';

// Changes that take time: at an operator that confirms them later, and at one where the staff make them.

/** An operator that confirms changes later, and one without an API. */
const SLOW = 'chaos-slow';
const BY_HAND = 'chaos-by-hand';
/** A second of real time. */
const CHANGE_DELAY_DAYS = 0.05;
const SIMS_AT_SLOW = 10;
const SIMS_BY_HAND = 5;
const tariffs = { partner: 'trf_chaos_partner', customer: 'trf_chaos_customer' };

type Task = Made & { operationId?: string; action: string; count: number; state: string };
type TaskSim = { iccid: string; refused?: string };

/** Creates the operators and the tariffs that cover them. */
export async function createSlowOperators(cloud: LocalCloud): Promise<void> {
  const staff = await staffOf(cloud);
  await staff.put(`/v1/platform/operators/${SLOW}`, { ...operatorOverApi, name: 'Slow Mobile' });
  await staff.put(`/v1/platform/operators/${BY_HAND}`, operatorByHand);
  for (const audience of ['partner', 'customer'] as const) {
    await staff.put(`/v1/platform/tariffs/${tariffs[audience]}`, {
      name: 'Chaos',
      operatorIds: [SLOW, BY_HAND],
      networks: ['Chaos'],
      allowanceBytes: 1_000_000_000,
      pooling: 'per_sim',
      minimumTermMonths: 0,
      monthlyPrice: { amount: '1.00', currency: 'EUR' },
      audience,
    });
  }
  cloud.sandbox?.behave(SLOW, { leadTimeDays: 0, changeDelayDays: CHANGE_DELAY_DAYS });
}

const staffOf = async (cloud: LocalCloud) => steadyClient(cloud.url, await cloud.tokenFor({ roles: ['platform'] }));

/**
 * Prepares a partner's life with active SIMs at both operators: they are suspended, resumed and terminated. The staff complete the
 * tasks, and report one SIM of the suspension as refused.
 *
 * @throws when a step does not finish
 */
export async function prepareChangesLife(cloud: LocalCloud, partnerId: PartnerId): Promise<Life> {
  const client = steadyClient(cloud.url, await cloud.tokenFor({ partnerId, roles: ['admin'] }));
  const staff = await staffOf(cloud);
  // The first request of a partner creates it on a local cloud.
  await client.get('/v1/partner');
  for (const id of Object.values(tariffs)) {
    await staff.put(`/v1/platform/partners/${partnerId}/tariffs/${id}`);
  }
  const targets = await makeTargets(client, tariffs);
  const byHand = await importSims(staff, partnerId, targets);
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

/** Imports active SIMs of the operator without an API. */
async function importSims(
  staff: SteadyClient,
  partnerId: PartnerId,
  { partnerServiceId, customerId, customerServiceId }: Awaited<ReturnType<typeof makeTargets>>,
): Promise<string[]> {
  const iccids = newIccids(SIMS_BY_HAND);
  const rows = iccids.map((iccid) => [iccid, 'active', partnerServiceId, customerId, customerServiceId].join());
  const file = ['iccid,state,partnerService,customer,customerService', ...rows, ''].join('\r\n');
  const path = `/v1/platform/partners/${partnerId}/imports?operatorId=${BY_HAND}`;
  const { loaded } = await staff.postCsv<{ loaded: number }>(path, file);
  if (loaded !== SIMS_BY_HAND) {
    throw new Error(`${loaded} of ${SIMS_BY_HAND} SIMs were imported`);
  }
  return iccids;
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

let numbers = 0;

/** ICCIDs that no other life has. */
function newIccids(count: number): string[] {
  return Array.from({ length: count }, () => {
    numbers += 1;
    return withCheckDigit(
      `8949778${String(process.pid % 100_000).padStart(5, '0')}${String(numbers).padStart(6, '0')}`,
    );
  });
}
