import { describe, expect, test } from '@jest/globals';
import pMap from 'p-map';
import { itemKinds } from '../../../adapters/dynamodb/item-kinds.ts';
import { operationManifest, pageWithResults } from '../../../adapters/dynamodb/manifests.ts';
import { getCustomerService, insertCustomerService } from '../../../adapters/dynamodb/services.ts';
import { getSims, saveSim } from '../../../adapters/dynamodb/sims.ts';
import { update } from '../../../adapters/dynamodb/write-requests.ts';
import { write } from '../../../adapters/dynamodb/writes.ts';
import { asId } from '../../../domain/ids.ts';
import { useTableOf } from '../../../local/table-of-cloud.ts';
import { useLocalCloud } from '../support/local-cloud.ts';
import { is, type Sim } from '../support/partner.ts';

// Writes to the table of the local cloud, which is quicker than 150 calls of the API: no part of acceptance.
const cloud = useLocalCloud();
const acme = cloud.partner('acme-many-services');
const { api } = acme;

const iccidsOf = (sims: readonly Sim[]) => sims.map(({ iccid }) => iccid);

describe('a page of SIMs of 150 services', () => {
  const services = 150;

  test('is unassigned, with every SIM and every service counted once', async () => {
    useTableOf(cloud.cloud());
    const sims = (await acme.simsInStock({ operatorId: 'a1', quantity: 160 })).slice(0, services);
    const customerId = asId('customer', (await acme.aCustomer()).id);
    const at = new Date().toISOString();
    const made = sims.map((sim, place) => ({
      sim,
      id: asId('customerService', `csv_many${String(place).padStart(3, '0')}`),
    }));
    const records = await getSims(acme.id, iccidsOf(sims));
    await pMap(
      made,
      async ({ sim, id }) => {
        const times = { createdAt: at, updatedAt: at, version: 1 };
        const service = { id, customerId, tariffId: 'trf_customer_all', name: id, ...times } as const;
        await insertCustomerService(acme.id, service);
        await write(update(itemKinds.customerService.key({ partnerId: acme.id, id }), { set: { sims: 1 } }));
        const before = records.get(sim.iccid);
        if (!before) {
          throw new Error(`${sim.iccid} is not there.`);
        }
        const version = before.version + 1;
        const after = {
          ...before,
          state: 'assigned',
          customerId,
          customerServiceId: id,
          version,
        } as const;
        await saveSim(acme.id, before, after, 'sim.assigned', { actor: 'test' });
      },
      { concurrency: 16 },
    );

    const operation = await acme.bulkDone('unassign', { select: { iccids: iccidsOf(sims) } });
    expect(operation).toMatchObject({ state: 'succeeded', total: services, succeeded: services, failed: 0 });
    const left = await pMap(made, async ({ id }) => (await getCustomerService(acme.id, id))?.sims, { concurrency: 16 });
    expect(left).toEqual(made.map(() => 0));
    expect(await acme.resultsOf(operation.id, 'succeeded')).toHaveLength(services);
    const { parts } = await pageWithResults(
      acme.id,
      asId('operation', operation.id),
      operationManifest(acme.id, asId('operation', operation.id)),
      0,
    );
    expect(parts.map(({ results }) => results.length)).toEqual([97, 53]);
    expect(parts.every(({ uncounted }) => uncounted === undefined)).toBe(true);
    is(204, await api.del(`/v1/customer-services/${made[0]?.id}`));
  });
});
