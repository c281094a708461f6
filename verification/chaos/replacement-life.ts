import { getOperation } from '../../adapters/dynamodb/operations.ts';
import type { OperationId, PartnerId } from '../../domain/ids.ts';
import { isOperationFinished } from '../../domain/operation.ts';
import type { LocalCloud } from '../../local/cloud.ts';
import {
  describeOperations,
  describeSims,
  type Life,
  makeTargets,
  named,
  until,
  untilExecutionsEnd,
} from './account.ts';
import { chaosTariffs, grantChaosTariffs, importSims, PROMPT, SLOW, shippedSims, staffOf } from './operators.ts';
import { steadyClient } from './steady-client.ts';

/**
 * Prepares a partner's life with an active SIM and a SIM in stock at an operator that confirms at once, and at one that confirms later:
 * the one replaces the other.
 *
 * @throws when a step does not finish
 */
export async function prepareReplacementLife(cloud: LocalCloud, partnerId: PartnerId): Promise<Life> {
  const client = steadyClient(cloud.url, await cloud.tokenFor({ partnerId, roles: ['admin'] }));
  const staff = await staffOf(cloud);
  await grantChaosTariffs(client, staff, partnerId);
  const targets = await makeTargets(client, chaosTariffs);
  const { partnerServiceId } = targets;
  const operationIds: OperationId[] = [];
  const pairs: { old: string; by: string }[] = [];
  for (const operatorId of [PROMPT, SLOW]) {
    const [old = '', by = ''] = shippedSims(cloud, operatorId, 2);
    cloud.sandbox?.changeSim(operatorId, old, { status: 'active' });
    cloud.sandbox?.changeSim(operatorId, by, { status: 'barred' });
    await importSims(staff, partnerId, { operatorId, iccids: [old], state: 'active', targets });
    await importSims(staff, partnerId, { operatorId, iccids: [by], state: 'in_stock', targets: { partnerServiceId } });
    pairs.push({ old, by });
  }
  const label = { select: { iccids: pairs.map(({ old }) => old) }, label: 'Gate', addTags: ['north'] };
  await finish((await client.post<{ id: OperationId }>('/v1/sims/label', label)).id);

  async function finish(id: OperationId): Promise<void> {
    operationIds.push(id);
    await until('the operation to finish', async () => {
      const operation = await getOperation(partnerId, id);
      return operation !== undefined && isOperationFinished(operation);
    });
  }

  async function run(): Promise<void> {
    for (const { old, by } of pairs) {
      const { id } = await client.post<{ id: OperationId }>(`/v1/sims/${old}/replace`, { by, reason: 'lost' });
      await finish(id);
    }
    await untilExecutionsEnd(cloud, operationIds);
  }

  async function account(): Promise<string[]> {
    const names = named(targets);
    const of = { names, serviceId: targets.customerServiceId, isSlow: true };
    const lines = [
      ...(await describeSims(client, partnerId, { ...of, operatorId: PROMPT })),
      ...(await describeSims(client, partnerId, { ...of, operatorId: SLOW })),
      ...(await describeOperations(client, names)),
    ];
    return lines.sort();
  }

  return { partnerId, run, account };
}
