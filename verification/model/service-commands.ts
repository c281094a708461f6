import fc from 'fast-check';
import { type Command, command, pick, pickFrom } from './command.ts';
import { covers, labelled, type Model, type Sim } from './model.ts';
import { mayChange, possibleSims } from './outcomes.ts';
import { freeSims } from './selection.ts';
import { ensure, expectStatus, formatAnswer, type SeenProblem, type SeenSim, type World } from './world.ts';

// Customers and their services: created, renamed and deleted, even while SIMs and plans use them. Labels of SIMs.

const MAX_SERVICES = 8;

function makeService(customerNumber: number, tariffNumber: number, nameNumber: number): Command {
  return command('create a service', {
    can: ({ customers, services }) => customers.size > 0 && services.size < MAX_SERVICES,
    async run(model, world) {
      const customerId = pickFrom([...model.customers.keys()], customerNumber);
      const tariffId = pickFrom(
        [...model.tariffs.keys()].filter((id) => id.startsWith('trf_customer')),
        tariffNumber,
      );
      const name = `Fleet ${nameNumber}`;
      world.log(`create the service "${name}" of ${tariffId} for ${world.nameOf(customerId)}`);
      const isTaken = [...model.services.values()].some((one) => one.customer === customerId && one.name === name);
      const answer = await world.post<{ id: string }>('/v1/customer-services', { customerId, tariffId, name }, true);
      if (isTaken) {
        expectStatus(409, answer);
        return;
      }
      const { id } = expectStatus(201, answer);
      world.setName(id, `service ${model.services.size + model.deleted.length + 1}`);
      model.services.set(id, { customer: customerId, tariff: tariffId, name });
    },
  });
}

/** The possible answers to the deletion of a service, which must be refused exactly while SIMs that are not terminated use it. */
function deletionStatuses(model: Model, id: string): readonly number[] {
  const uses = (sim: Sim) => sim.service === id && sim.state !== 'terminated';
  const users = [...model.sims.values()].map((sims) => sims.flatMap(possibleSims).map(uses));
  const isUsed = users.some((possible) => possible.every(Boolean));
  const mayBeUsed = users.some((possible) => possible.some(Boolean));
  const underWay = [...model.orders.values()].filter(({ behaviours }) => behaviours !== undefined);
  const mayGet = underWay.some(({ plan }) => plan?.customerServiceId === id);
  return isUsed ? [409] : mayBeUsed || mayGet ? [204, 409] : [204];
}

/** Deletes a service, which verifies its count of SIMs. */
export async function deleteService(model: Model, world: World, id: string): Promise<void> {
  world.log(`delete ${world.nameOf(id)}`);
  const answer = await world.api.del(`/v1/customer-services/${id}`);
  expectStatus(deletionStatuses(model, id), answer);
  if (answer.status === 204) {
    model.services.delete(id);
    model.deleted.push(id);
    expectStatus(404, await world.api.get(`/v1/customer-services/${id}`));
  }
}

const deleteOne = (number: number, empty: boolean) =>
  command('delete a service', {
    can: ({ services }) => services.size > 0,
    async run(model, world) {
      const live = [...model.sims.values()].filter(([sim]) => sim?.state !== 'terminated');
      const used = new Set(live.map(([sim]) => sim?.service));
      const free = [...model.services.keys()].filter((id) => !used.has(id));
      const ids = empty && free.length > 0 ? free : [...model.services.keys()];
      await deleteService(model, world, pickFrom(ids, number));
    },
  });

/** The id of a deleted service is unknown. */
const useDeleted = (number: number) =>
  command('use a deleted service', {
    can: (model) => model.deleted.length > 0 && model.customers.size > 0 && freeSims(model).length > 0,
    async run(model, world) {
      const customerServiceId = pickFrom(model.deleted, number);
      const customerId = pickFrom([...model.customers.keys()], number);
      const iccids = freeSims(model).slice(0, 2);
      world.log(`assign to ${world.nameOf(customerServiceId)}, which is deleted`);
      const answer = await world.post<SeenProblem>('/v1/sims/assign', {
        select: { iccids },
        customerId,
        customerServiceId,
      });
      const [error] = expectStatus(422, answer).errors ?? [];
      ensure(error?.code === 'not_found', () => `A deleted service is answered with ${formatAnswer(answer)}`);
    },
  });

function deleteCustomer(number: number): Command {
  return command('delete a customer', {
    can: ({ customers }) => customers.size > 1,
    async run(model, world) {
      const id = pickFrom([...model.customers.keys()], number);
      world.log(`delete ${world.nameOf(id)}`);
      const isUsed = [...model.services.values()].some(({ customer }) => customer === id);
      expectStatus(isUsed ? 409 : 204, await world.api.del(`/v1/customers/${id}`));
      if (!isUsed) {
        model.customers.delete(id);
        expectStatus(404, await world.api.get(`/v1/customers/${id}`));
      }
    },
  });
}

/** Deletes a customer with its services: all of them or, while SIMs use one, none. */
function deleteCustomerWithServices(number: number): Command {
  return command('delete a customer with its services', {
    can: ({ customers }) => customers.size > 1,
    async run(model, world) {
      const id = pickFrom([...model.customers.keys()], number);
      world.log(`delete ${world.nameOf(id)} with its services`);
      const services = [...model.services].flatMap(([service, { customer }]) => (customer === id ? [service] : []));
      const statuses = services.map((service) => deletionStatuses(model, service));
      const isUsed = statuses.some((possible) => !possible.includes(204));
      const isUnused = statuses.every((possible) => !possible.includes(409));
      const answer = await world.api.del<SeenProblem>(`/v1/customers/${id}?with=services`);
      expectStatus(isUsed ? 409 : isUnused ? 204 : [204, 409], answer);
      if (answer.status === 204) {
        model.customers.delete(id);
        expectStatus(404, await world.api.get(`/v1/customers/${id}`));
      }
      for (const service of services) {
        expectStatus(answer.status === 204 ? 404 : 200, await world.api.get(`/v1/customer-services/${service}`));
        if (answer.status === 204) {
          model.services.delete(service);
          model.deleted.push(service);
        }
      }
    },
  });
}

/** Renames a customer with its current ETag, then again with the same ETag, which is stale by then. */
function renameCustomer(number: number, nameNumber: number): Command {
  return command('rename a customer', {
    can: ({ customers }) => customers.size > 0,
    async run(model, world) {
      const id = pickFrom([...model.customers.keys()], number);
      const path = `/v1/customers/${id}`;
      const read = await world.api.get<{ name: string; version: number }>(path);
      const known = model.customers.get(id);
      const before = expectStatus(200, read);
      ensure(before.name === known?.name, () => `${world.nameOf(id)} has the name ${before.name}, not ${known?.name}`);
      const headers = { 'if-match': read.headers.get('etag') ?? '' };
      const name = `Customer ${nameNumber} of ${before.version}`;
      world.log(`rename ${world.nameOf(id)}, twice with the same ETag`);
      const renamed = expectStatus(
        200,
        await world.api.patch<{ name: string; version: number }>(path, { name }, headers),
      );
      ensure(
        renamed.name === name && renamed.version > before.version,
        () => `The renamed customer is ${JSON.stringify(renamed)}`,
      );
      expectStatus(412, await world.api.patch(path, { name: 'Stale' }, headers));
      expectStatus(412, await world.api.del(path, headers));
      model.customers.set(id, { name, version: renamed.version });
    },
  });
}

/** Labels a SIM with its current ETag, or with a stale one, which is refused. */
function label(number: number, text: string | null, isStale: boolean): Command {
  return command('label', {
    can: (model) => freeSims(model).length > 0,
    async run(model, world) {
      const iccid = pickFrom(freeSims(model), number);
      const path = `/v1/sims/${iccid}`;
      const read = await world.api.get<SeenSim>(path);
      const etag = expectStatus(200, read) && (read.headers.get('etag') ?? '');
      world.log(`label ${world.nameOf(iccid)} ${text ?? 'none'}${isStale ? ', with a stale ETag' : ''}`);
      const headers = { 'if-match': isStale ? `"${etag.slice(2)}` : etag };
      const answer = await world.api.patch<SeenSim>(path, { label: text }, headers);
      const before = model.sims.get(iccid) ?? [];
      // A late confirmation may change the SIM in between, which makes the ETag stale.
      const mayBeLate = before.some(mayChange);
      expectStatus(isStale ? 412 : mayBeLate ? [200, 412] : 200, answer);
      if (answer.status === 200) {
        model.sims.set(
          iccid,
          before.map((sim) => labelled(sim, text)),
        );
      }
    },
  });
}

/**
 * Sets the tags of a SIM. The model does not know them: the checks compare lists with the tags that SIMs show. The search texts of
 * `filtersOf` find none of them.
 */
function tag(number: number, tags: readonly string[]): Command {
  return command('tag', {
    can: (model) => freeSims(model).length > 0,
    async run(model, world) {
      const iccid = pickFrom(freeSims(model), number);
      world.log(`tag ${world.nameOf(iccid)} ${tags.join(', ') || 'with nothing'}`);
      const answer = await world.api.patch<SeenSim>(`/v1/sims/${iccid}`, { tags });
      expectStatus(200, answer);
      ensure(`${answer.body.tags}` === `${tags}`, () => `The tags of ${world.nameOf(iccid)} are ${answer.body.tags}`);
      // A SIM that has these tags already is unchanged.
      const before = model.sims.get(iccid) ?? [];
      model.sims.set(
        iccid,
        before.flatMap((sim) => [sim, { ...sim, isChanged: true }]),
      );
    },
  });
}

/** Names of services are unique within a customer, even when a service is renamed. */
function renameService(number: number, nameNumber: number): Command {
  return command('rename a service', {
    can: ({ services }) => services.size > 0,
    async run(model, world) {
      const [id, service] = pickFrom([...model.services], number);
      const name = `Fleet ${nameNumber}`;
      world.log(`rename ${world.nameOf(id)} to "${name}"`);
      const others = [...model.services].filter(
        ([other, { customer }]) => other !== id && customer === service.customer,
      );
      const isTaken = others.some(([, other]) => other.name === name);
      expectStatus(isTaken ? 409 : 200, await world.api.patch(`/v1/customer-services/${id}`, { name }));
      if (!isTaken) {
        model.services.set(id, { ...service, name });
      }
    },
  });
}

/** An unknown SIM is not found, and a filter with an unknown customer finds nothing. */
const readUnknown = () =>
  command('read unknown ids', {
    async run(model, world) {
      world.log('read unknown ids');
      expectStatus(404, await world.api.get('/v1/sims/8944200000000000017'));
      const { items } = await world.read<{ items: unknown[] }>('/v1/sims?customerId=cus_unknown');
      ensure(items.length === 0, () => 'SIMs of an unknown customer are listed');
      ensure(
        world.operators.every((operator) => model.tariffs.size > 0 && covers(model, 'trf_partner_all', operator)),
        () => 'Tariffs are missing',
      );
    },
  });

const nameNumber = fc.integer({ min: 1, max: 5 });

/** The commands with their weights. */
export const serviceCommands: readonly (readonly [number, fc.Arbitrary<Command>])[] = [
  [2, fc.tuple(pick, pick, nameNumber).map(([customer, tariff, name]) => makeService(customer, tariff, name))],
  [2, fc.tuple(pick, fc.boolean()).map(([number, empty]) => deleteOne(number, empty))],
  [1, pick.map(useDeleted)],
  [1, pick.map(deleteCustomer)],
  [1, pick.map(deleteCustomerWithServices)],
  [1, fc.tuple(pick, nameNumber).map(([number, name]) => renameCustomer(number, name))],
  [1, fc.tuple(pick, nameNumber).map(([number, name]) => renameService(number, name))],
  [
    2,
    fc
      .tuple(pick, fc.constantFrom('Meter 1', 'meter 12', 'Gate', null), fc.nat(3))
      .map(([number, text, stale]) => label(number, text, stale === 0)),
  ],
  [
    2,
    fc
      .tuple(pick, fc.constantFrom(['north'], ['gate', 'North'], ['Pump'], []))
      .map(([number, tags]) => tag(number, tags)),
  ],
  [1, fc.constant(0).map(readUnknown)],
];
