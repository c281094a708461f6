import { getOperation } from '../../adapters/dynamodb/operations.ts';
import { asId, type OperationId, type PartnerId } from '../../domain/ids.ts';
import { isOperationFinished } from '../../domain/operation.ts';
import { DAY_MS } from '../../domain/time-units.ts';
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
import { CONTROL_CENTER, chaosTariffs, grantChaosTariffs, importSims, shippedSims, staffOf } from './operators.ts';
import { type SteadyClient, steadyClient } from './steady-client.ts';

// Changes at an operator that limits calls, so that functions take turns, and usage that it reports as totals.

const SIMS = 6;
/** What the first SIMs use. The second SIM uses data twice: its total grows. */
const used = [1_000, 300, 20];
const usedAgain = [0, 4_000, 0];
const totals = used.map((bytes, place) => bytes + (usedAgain[place] ?? 0));

type Usage = { totalBytes: number };
type ServiceUsage = { usedBytes: number };

/**
 * Prepares a partner's life with assigned SIMs at Control Center: they are activated, use data, are suspended, resumed and terminated.
 *
 * @throws when a step does not finish
 */
export async function prepareControlCenterLife(cloud: LocalCloud, partnerId: PartnerId): Promise<Life> {
  const client = steadyClient(cloud.url, await cloud.tokenFor({ partnerId, roles: ['admin'] }));
  const staff = await staffOf(cloud);
  await grantChaosTariffs(client, staff, partnerId);
  const targets = await makeTargets(client, chaosTariffs);
  const iccids = shippedSims(cloud, CONTROL_CENTER, SIMS);
  await importSims(staff, partnerId, { operatorId: CONTROL_CENTER, iccids, state: 'assigned', targets });
  const since = cloud.clock.now();
  const operationIds: OperationId[] = [];

  async function change(action: string, more: object = {}): Promise<void> {
    const { id } = await client.post<{ id: OperationId }>(`/v1/sims/${action}`, { select: { iccids }, ...more });
    operationIds.push(id);
    await until(`the operation to ${action} to finish`, async () => {
      const operation = await getOperation(partnerId, id);
      return operation !== undefined && isOperationFinished(operation);
    });
  }

  function use(bytes: readonly number[]): void {
    for (const [place, iccid] of iccids.entries()) {
      if (bytes[place]) {
        cloud.sandbox?.recordUsage(CONTROL_CENTER, { iccid, bytes: bytes[place] });
      }
    }
  }

  async function run(): Promise<void> {
    await change('activate');
    use(used);
    await change('suspend', { reason: 'chaos' });
    use(usedAgain);
    await change('resume');
    await until('the usage to be counted', async () => {
      const counted = await usageOfSims(client, iccids.slice(0, totals.length), since);
      return counted.every((bytes, place) => bytes === totals[place]);
    });
    await change('terminate', { confirm: iccids.length });
    await untilExecutionsEnd(cloud, operationIds);
  }

  async function account(): Promise<string[]> {
    const names = named(targets);
    const serviceId = targets.customerServiceId;
    const services = [`customer-services/${serviceId}`, `partner-services/${targets.partnerServiceId}`];
    const usages = await Promise.all(services.map((path) => usageOfService(client, path, since)));
    const operatorId = asId('operator', CONTROL_CENTER);
    return [
      ...(await describeSims(client, partnerId, { names, serviceId, operatorId, isSlow: true })),
      ...(await describeOperations(client, names)),
      `SIMs used ${await usageOfSims(client, iccids, since)}`,
      `services used ${usages}`,
    ].sort();
  }

  return { partnerId, run, account };
}

/** Longer than a life takes: two minutes each month. */
const DAYS = 60;

async function usageOfSims(client: SteadyClient, iccids: readonly string[], since: Date): Promise<number[]> {
  const [from, to] = [-1, DAYS].map((days) => new Date(since.getTime() + days * DAY_MS).toISOString());
  const usages = iccids.map((iccid) =>
    client.get<Usage>(`/v1/sims/${iccid}/usage?from=${from}&to=${to}&granularity=day`),
  );
  return (await Promise.all(usages)).map(({ totalBytes }) => totalBytes);
}

async function usageOfService(client: SteadyClient, path: string, since: Date): Promise<number> {
  const months = [0, 1, 2].map((month) =>
    new Date(Date.UTC(since.getUTCFullYear(), since.getUTCMonth() + month, 1)).toISOString().slice(0, 7),
  );
  const usages = months.map((period) => client.get<ServiceUsage>(`/v1/${path}/usage?period=${period}`));
  return (await Promise.all(usages)).reduce((sum, { usedBytes }) => sum + usedBytes, 0);
}
