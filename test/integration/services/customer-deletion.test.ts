import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pMap from 'p-map';
import { allServicesOfCustomer, removeCustomer } from '../../../adapters/dynamodb/customer-removal.ts';
import { getCustomer } from '../../../adapters/dynamodb/customers.ts';
import { itemKinds } from '../../../adapters/dynamodb/item-kinds.ts';
import { queryAll } from '../../../adapters/dynamodb/queries.ts';
import { deletionOf } from '../../../domain/customer.ts';
import { asId, type CustomerId } from '../../../domain/ids.ts';
import { useTableOf } from '../../../local/table-of-cloud.ts';
import { eventually, useLocalCloud } from '../support/local-cloud.ts';
import {
  type CustomerService,
  is,
  type Operation,
  type Page,
  type ServiceUsage,
  type Sim,
} from '../support/partner.ts';
import { expectInvalid, expectProblem } from '../support/problems.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import type { User } from '../support/user-pool.ts';

const cloud = useLocalCloud();
const PARTNER = `acme-deletion-${process.pid}`;
const acme = cloud.partner(PARTNER);
const { api } = acme;

let receiver: Receiver;
let secret: string;

beforeAll(async () => {
  useTableOf(cloud.cloud());
  receiver = await startReceiver();
  const hook = { url: receiver.url, events: ['customer.*'] };
  secret = is(201, await api.post<{ secret: string }>('/v1/webhooks', hook)).secret;
});
afterAll(() => receiver.stop());

const pathOf = (customerId: string) => `/v1/customers/${customerId}`;
const withServices = (customerId: string) => `${pathOf(customerId)}?with=services`;
const servicesOf = (customerId: string) =>
  acme.all<CustomerService>(`/v1/customer-services?customerId=${customerId}&limit=200`);
const eventsOf = (id: string) => receiver.taken(secret).filter(({ data }) => data.customerId === id);
const isThere = async (path: string) => (await api.get(path)).status === 200;
/** Names that are still reserved for services of a customer. */
const namesOf = (customerId: string) =>
  queryAll(itemKinds.serviceName.range({ partnerId: acme.id, customerId: asId('customer', customerId) }));

/** A customer with many services, more than one transaction removes. */
async function aCustomerWithServices(count: number) {
  const customer = await acme.aCustomer();
  const services = await pMap(Array.from({ length: count }), () => acme.aCustomerService(customer.id), {
    concurrency: 8,
  });
  return { customer, services };
}

/** A customer as it is stored, with its services. */
async function stored(id: CustomerId) {
  const customer = await getCustomer(acme.id, id);
  if (!customer) {
    throw new Error(`There is no customer ${id}.`);
  }
  const event = deletionOf(customer, (await cloud.clock.now()).toISOString());
  return { customer, event, services: await allServicesOfCustomer(acme.id, id) };
}

describe('a customer that is deleted with its services', () => {
  test('is gone with all of them, and an event reports it', async () => {
    const { customer, services } = await aCustomerWithServices(3);
    const other = await acme.aCustomerWithService();
    expectProblem(await api.del(pathOf(customer.id)), 409, 'in_use');
    is(204, await api.del(withServices(customer.id)));

    for (const path of [pathOf(customer.id), ...services.map(({ id }) => `/v1/customer-services/${id}`)]) {
      expectProblem(await api.get(path), 404, 'not_found');
    }
    expect(await namesOf(customer.id)).toEqual([]);
    expect(await servicesOf(other.customer.id)).toEqual([other.service]);
    const [event] = await eventually(async () => {
      const events = eventsOf(customer.id);
      expect(events).toHaveLength(1);
      return events;
    });
    expect(event).toMatchObject({
      type: 'customer.deleted',
      data: { customerId: customer.id, name: customer.name },
    });
    expectProblem(await api.del(withServices(customer.id)), 404, 'not_found');
    expect(eventsOf(other.customer.id)).toEqual([]);
  });

  test('may have no services', async () => {
    const { id } = await acme.aCustomer();
    is(204, await api.del(withServices(id)));
    expectProblem(await api.get(pathOf(id)), 404, 'not_found');
  });

  test('is in the journal with the ids of its services, without personal data', async () => {
    const contacts = [{ name: 'Ada Lovelace', email: 'ada@acme.example' }];
    const { id } = is(201, await api.post<{ id: string }>('/v1/customers', { name: 'Ada Ltd', contacts }));
    const service = await acme.aCustomerService(id);
    is(204, await api.del(withServices(id)));
    type Entry = { method: string; changes: { field: string; before?: unknown }[] };
    const entries = await acme.all<Entry>(`/v1/journal?resource=${id}`);
    const deletion = entries.find(({ method }) => method === 'DELETE');
    expect(deletion?.changes).toContainEqual({ field: 'customerServiceIds', before: [service.id] });
    expect(deletion?.changes).toContainEqual({ field: 'contacts.length', before: 1 });
    expect(JSON.stringify(deletion)).not.toMatch(/Ada|ada@/);
  });

  test('stays with all of its services while SIMs use one of them', async () => {
    const [first, ...others] = await acme.activeSims({ operatorId: 'a1', quantity: 20 });
    const { customerId = '', customerServiceId = '', iccid = '' } = first ?? {};
    const unused = await acme.aCustomerService(customerId);
    const iccids = others.map((sim) => sim.iccid);
    await acme.bulkDone('suspend', { select: { iccids: iccids.slice(0, 4) } });
    await acme.bulkDone('terminate', { select: { iccids: iccids.slice(10) }, confirm: 9 });

    const refusal = await eventually(async () => {
      const problem = expectProblem(await api.del(withServices(customerId)), 409, 'in_use');
      expect(problem.simsByState).toEqual({ active: 7, suspended: 4 });
      return problem;
    });
    expect(refusal.detail).toContain('still have 11 SIMs (7 active, 4 suspended)');
    expect((await servicesOf(customerId)).map(({ id }) => id).sort()).toEqual([customerServiceId, unused.id].sort());
    expect(is(200, await api.get<Sim>(`/v1/sims/${iccid}`))).toMatchObject({ state: 'active', customerId });
    expect(await isThere(pathOf(customerId))).toBe(true);

    // Without SIMs that are in use, it can be deleted. The terminated ones keep the ids.
    await acme.bulkDone('terminate', { select: { iccids }, confirm: iccids.length });
    await acme.bulkDone('unassign', { select: { iccids: [iccid] } });
    is(204, await api.del(withServices(customerId)));
    expect(is(200, await api.get<Sim>(`/v1/sims/${iccids[0]}`))).toMatchObject({
      ...{ state: 'terminated', customerId, customerServiceId },
    });
    expect(await namesOf(customerId)).toEqual([]);
  });

  test('stays when it has changed since it was read', async () => {
    const { customer } = await acme.aCustomerWithService();
    const etag = (await api.get(pathOf(customer.id))).headers.get('etag') ?? '';
    is(200, await api.patch(pathOf(customer.id), { name: 'Renamed' }));
    expectProblem(await api.del(withServices(customer.id), { 'if-match': etag }), 412, 'precondition_failed');
    expect(await servicesOf(customer.id)).toHaveLength(1);
    expectInvalid(await api.del(`${pathOf(customer.id)}?with=everything`), [['/query/with', 'invalid_value']]);
  });

  test('is deleted by the roles that may, and by its own partner', async () => {
    const { customer } = await acme.aCustomerWithService();
    const as = (role: string, partnerId = PARTNER) => cloud.as({ partnerId, roles: [role] });
    for (const role of ['support', 'accounts', 'billing']) {
      expectProblem(await as(role).del(withServices(customer.id)), 403, 'forbidden');
    }
    expectProblem(await as('admin', 'globex-deletion').del(withServices(customer.id)), 404, 'not_found');
    expect(await servicesOf(customer.id)).toHaveLength(1);
    is(204, await as('deployment').del(withServices(customer.id)));
  });

  test('is deleted or gets SIMs when both are requested at the same time, never both', async () => {
    const sims = await acme.simsInStock({ operatorId: 'a1', quantity: 20 });
    const { customer, service } = await acme.aCustomerWithService();
    const [asked, answer] = await Promise.all([
      api.post<Operation>('/v1/sims/assign', {
        select: { iccids: sims.map(({ iccid }) => iccid) },
        customerId: customer.id,
        customerServiceId: service.id,
      }),
      api.del(withServices(customer.id)),
    ]);
    // After the deletion, the request itself is refused.
    const { succeeded } = asked.status === 422 ? { succeeded: 0 } : await acme.operationDone(is(202, asked).id);
    expect([204, 409]).toContain(answer.status);
    expect(succeeded).toBe(answer.status === 204 ? 0 : 20);
    expect(await isThere(pathOf(customer.id))).toBe(answer.status === 409);
  });
});

describe('a customer with more services than one transaction removes', () => {
  test('is deleted with all of them, or with none while SIMs use one', async () => {
    const { customer, services } = await aCustomerWithServices(55);
    const [sim] = await acme.simsInStock({ operatorId: 'a1', quantity: 20 });
    const select = { iccids: [sim?.iccid] };
    await acme.bulkDone('assign', { select, customerId: customer.id, customerServiceId: services.at(-1)?.id });
    expectProblem(await api.del(withServices(customer.id)), 409, 'in_use');
    expect(await servicesOf(customer.id)).toHaveLength(55);

    await acme.bulkDone('unassign', { select });
    is(204, await api.del(withServices(customer.id)));
    expect(await isThere(pathOf(customer.id))).toBe(false);
    expect(await namesOf(customer.id)).toEqual([]);
    expect(await servicesOf(customer.id)).toEqual([]);
  });

  test('is deleted by a repeated request after one that was interrupted', async () => {
    const { customer } = await aCustomerWithServices(52);
    const id = asId('customer', customer.id);
    // The last service changes while the first are being removed: the request stops between two transactions.
    const read = await stored(id);
    is(200, await api.patch(`/v1/customer-services/${read.services.at(-1)?.id}`, { name: 'Renamed' }));
    expect(await removeCustomer(acme.id, read.customer, read.services, read.event)).toBe(false);
    expect(await getCustomer(acme.id, id)).toMatchObject({ services: 3 });
    expect(await allServicesOfCustomer(acme.id, id)).toHaveLength(3);

    is(204, await api.del(withServices(customer.id)));
    expect(await namesOf(customer.id)).toEqual([]);
    expect(await isThere(pathOf(customer.id))).toBe(false);
    await eventually(async () => expect(eventsOf(customer.id)).toHaveLength(1));
  });
});

test('a repeated request deactivates the users of a customer when the first was interrupted after the deletion', async () => {
  const customer = await acme.aCustomer();
  const fields = { email: `left-${process.pid}@acme.example`, customerId: customer.id, roles: ['customer_user'] };
  const { id } = is(201, await api.post<User>('/v1/users', fields));
  const read = await stored(asId('customer', customer.id));
  expect(await removeCustomer(acme.id, read.customer, [], read.event)).toBe(true);
  expect(is(200, await api.get<User>(`/v1/users/${id}`)).active).toBe(true);

  expectProblem(await api.del(pathOf(customer.id)), 404, 'not_found');
  expect(is(200, await api.get<User>(`/v1/users/${id}`))).toMatchObject({ active: false, state: 'disabled' });
  expect(is(200, await api.get<Page<User>>(`/v1/users?customerId=${customer.id}`)).items).toMatchObject([
    { id, active: false },
  ]);
});

test('a retired SIM shrinks a dynamic pool at once; then its service and its customer can be deleted', async () => {
  const [{ id: partnerServiceId }, { customer, service }] = [
    await acme.aPartnerService(),
    await acme.aCustomerWithService({ tariffId: 'trf_customer_pool' }),
  ];
  const plan = { partnerServiceId, customerId: customer.id, customerServiceId: service.id, activate: true as const };
  const { id: orderId } = await acme.orders({ operatorId: 'a1', quantity: 20, plan });
  await acme.orderIn(orderId, 'fulfilled');
  const iccids = (await acme.sims({ orderId })).map(({ iccid }) => iccid);
  const pool = async () => {
    const of = async (path: string) => is(200, await api.get<ServiceUsage>(`/v1/${path}/usage`));
    const [theirs, ours] = [
      await of(`customer-services/${service.id}`),
      await of(`partner-services/${partnerServiceId}`),
    ];
    return [theirs.sims, theirs.allowanceBytes, ours.sims, ours.allowanceBytes];
  };
  const [MB, GB] = [1_000_000, 1_000_000_000];

  expect(await pool()).toEqual([20, 20 * 5 * MB, 20, 20 * 50 * GB]);
  await acme.bulkDone('terminate', { select: { iccids: iccids.slice(0, 1) }, confirm: 1 });
  expect(await pool()).toEqual([19, 19 * 5 * MB, 19, 19 * 50 * GB]);
  expectProblem(await api.del(`/v1/customer-services/${service.id}`), 409, 'in_use');
  await acme.bulkDone('terminate', { select: { iccids }, confirm: 20 });
  expect(await pool()).toEqual([0, 0, 0, 0]);
  is(204, await api.del(`/v1/customer-services/${service.id}`));
  is(204, await api.del(pathOf(customer.id)));
  expect(await isThere(pathOf(customer.id))).toBe(false);
});
