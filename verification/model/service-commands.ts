import fc from 'fast-check';
import { type Command, command, pick, picked } from './command.ts';
import { covers, type Model, type Sim } from './model.ts';
import { freeSims } from './selection.ts';
import { agree, is, type SeenProblem, type SeenSim, told, type World } from './world.ts';

// Customers and their services: made, renamed and deleted, also under SIMs and plans; SIMs are given labels.

const MAX_SERVICES = 8;

function makeService(customerNumber: number, tariffNumber: number, nameNumber: number): Command {
  return command('make a service', {
    can: ({ customers, services }) => customers.size > 0 && services.size < MAX_SERVICES,
    async run(model, world) {
      const customerId = picked([...model.customers.keys()], customerNumber);
      const tariffId = picked(
        [...model.tariffs.keys()].filter((id) => id.startsWith('trf_customer')),
        tariffNumber,
      );
      const name = `Fleet ${nameNumber}`;
      world.says(`make the service "${name}" of ${tariffId} for ${world.nameOf(customerId)}`);
      const isTaken = [...model.services.values()].some((one) => one.customer === customerId && one.name === name);
      const answer = await world.post<{ id: string }>('/v1/customer-services', { customerId, tariffId, name }, true);
      if (isTaken) {
        is(409, answer);
        return;
      }
      const { id } = is(201, answer);
      world.call(id, `service ${model.services.size + model.deleted.length + 1}`);
      model.services.set(id, { customer: customerId, tariff: tariffId, name });
    },
  });
}

/** Deletes a service, which must be refused exactly while SIMs that are not terminated use it: so its count of SIMs is right. */
export async function deleteService(model: Model, world: World, id: string): Promise<void> {
  world.says(`delete ${world.nameOf(id)}`);
  const sims = [...model.sims.values()].filter(([sim]) => sim?.service === id && sim.state !== 'terminated').length;
  const underWay = [...model.orders.values()].filter(({ behaviours }) => behaviours !== undefined);
  const mayGet = underWay.some(({ plan }) => plan?.customerServiceId === id);
  const answer = await world.api.del(`/v1/customer-services/${id}`);
  is(sims > 0 ? 409 : mayGet ? [204, 409] : 204, answer);
  if (answer.status === 204) {
    model.services.delete(id);
    model.deleted.push(id);
    is(404, await world.api.get(`/v1/customer-services/${id}`));
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
      await deleteService(model, world, picked(ids, number));
    },
  });

/** An id of what was deleted is one that is not there. */
const useDeleted = (number: number) =>
  command('use a deleted service', {
    can: (model) => model.deleted.length > 0 && model.customers.size > 0 && freeSims(model).length > 0,
    async run(model, world) {
      const customerServiceId = picked(model.deleted, number);
      const customerId = picked([...model.customers.keys()], number);
      const iccids = freeSims(model).slice(0, 2);
      world.says(`assign to ${world.nameOf(customerServiceId)}, which is deleted`);
      const answer = await world.post<SeenProblem>('/v1/sims/assign', {
        select: { iccids },
        customerId,
        customerServiceId,
      });
      const [error] = is(422, answer).errors ?? [];
      agree(error?.code === 'not_found', () => `A deleted service is told as ${told(answer)}`);
    },
  });

function deleteCustomer(number: number): Command {
  return command('delete a customer', {
    can: ({ customers }) => customers.size > 1,
    async run(model, world) {
      const id = picked([...model.customers.keys()], number);
      world.says(`delete ${world.nameOf(id)}`);
      const isUsed = [...model.services.values()].some(({ customer }) => customer === id);
      is(isUsed ? 409 : 204, await world.api.del(`/v1/customers/${id}`));
      if (!isUsed) {
        model.customers.delete(id);
        is(404, await world.api.get(`/v1/customers/${id}`));
      }
    },
  });
}

/** Renames a customer with the tag that was read, and again with that tag, which is stale then. */
function renameCustomer(number: number, nameNumber: number): Command {
  return command('rename a customer', {
    can: ({ customers }) => customers.size > 0,
    async run(model, world) {
      const id = picked([...model.customers.keys()], number);
      const path = `/v1/customers/${id}`;
      const read = await world.api.get<{ name: string; version: number }>(path);
      const known = model.customers.get(id);
      const before = is(200, read);
      agree(before.name === known?.name, () => `${world.nameOf(id)} is called ${before.name}, not ${known?.name}`);
      const headers = { 'if-match': read.headers.get('etag') ?? '' };
      const name = `Customer ${nameNumber} of ${before.version}`;
      world.says(`rename ${world.nameOf(id)}, twice with the same tag`);
      const renamed = is(200, await world.api.patch<{ name: string; version: number }>(path, { name }, headers));
      agree(
        renamed.name === name && renamed.version > before.version,
        () => `Renamed, it is ${JSON.stringify(renamed)}`,
      );
      is(412, await world.api.patch(path, { name: 'Stale' }, headers));
      is(412, await world.api.del(path, headers));
      model.customers.set(id, { name, version: renamed.version });
    },
  });
}

/** A SIM with another label, which nobody had before. The label that it has already changes nothing. */
function labelled({ label: before, labelOf, ...sim }: Sim, text: string | null): Sim {
  const isSame = (before ?? null) === text && labelOf === undefined;
  return { ...sim, ...(text !== null && { label: text }), moved: sim.moved || !isSame };
}

/** Labels a SIM: with the tag that was read, or a stale one, which changes nothing. */
function label(number: number, text: string | null, isStale: boolean): Command {
  return command('label', {
    can: (model) => freeSims(model).length > 0,
    async run(model, world) {
      const iccid = picked(freeSims(model), number);
      const path = `/v1/sims/${iccid}`;
      const read = await world.api.get<SeenSim>(path);
      const etag = is(200, read) && (read.headers.get('etag') ?? '');
      world.says(`label ${world.nameOf(iccid)} ${text ?? 'no more'}${isStale ? ', with a stale tag' : ''}`);
      const headers = { 'if-match': isStale ? `"${etag.slice(2)}` : etag };
      const answer = await world.api.patch<SeenSim>(path, { label: text }, headers);
      const before = model.sims.get(iccid) ?? [];
      // A SIM that becomes active by itself in between makes its tag stale.
      const mayBeLate = before.some(({ late }) => late);
      is(isStale ? 412 : mayBeLate ? [200, 412] : 200, answer);
      if (answer.status === 200) {
        model.sims.set(
          iccid,
          before.map((sim) => labelled(sim, text)),
        );
      }
    },
  });
}

/** Names of services are unique for a customer, also when they are renamed. */
function renameService(number: number, nameNumber: number): Command {
  return command('rename a service', {
    can: ({ services }) => services.size > 0,
    async run(model, world) {
      const [id, service] = picked([...model.services], number);
      const name = `Fleet ${nameNumber}`;
      world.says(`rename ${world.nameOf(id)} to "${name}"`);
      const others = [...model.services].filter(
        ([other, { customer }]) => other !== id && customer === service.customer,
      );
      const isTaken = others.some(([, other]) => other.name === name);
      is(isTaken ? 409 : 200, await world.api.patch(`/v1/customer-services/${id}`, { name }));
      if (!isTaken) {
        model.services.set(id, { ...service, name });
      }
    },
  });
}

/** Somebody else's SIMs are not there; a filter of what is not there finds nothing. */
const strangers = () =>
  command('look for strangers', {
    async run(model, world) {
      world.says('look for what is not there');
      is(404, await world.api.get('/v1/sims/8944200000000000017'));
      const { items } = await world.read<{ items: unknown[] }>('/v1/sims?customerId=cus_unknown');
      agree(items.length === 0, () => 'SIMs of an unknown customer are listed');
      agree(
        [...model.operators.keys()].every(
          (operator) => model.tariffs.size > 0 && covers(model, 'trf_partner_all', operator),
        ),
        () => 'The tariffs are gone',
      );
    },
  });

const nameNumber = fc.integer({ min: 1, max: 5 });

/** Each with how often it is among the commands. */
export const serviceCommands: readonly (readonly [number, fc.Arbitrary<Command>])[] = [
  [2, fc.tuple(pick, pick, nameNumber).map(([customer, tariff, name]) => makeService(customer, tariff, name))],
  [2, fc.tuple(pick, fc.boolean()).map(([number, empty]) => deleteOne(number, empty))],
  [1, pick.map(useDeleted)],
  [1, pick.map(deleteCustomer)],
  [1, fc.tuple(pick, nameNumber).map(([number, name]) => renameCustomer(number, name))],
  [1, fc.tuple(pick, nameNumber).map(([number, name]) => renameService(number, name))],
  [
    2,
    fc
      .tuple(pick, fc.constantFrom('Meter 1', 'meter 12', 'Gate', null), fc.nat(3))
      .map(([number, text, stale]) => label(number, text, stale === 0)),
  ],
  [1, fc.constant(0).map(strangers)],
];
