import fc from 'fast-check';
import { type Command, command, pick, pickFrom } from './command.ts';
import type { Model, OperatorId, Sim } from './model.ts';
import { possibleSims } from './outcomes.ts';
import { ensure, expectStatus, type World } from './world.ts';

// Tariffs of services, changed now or from the next period on, and the deletion of partner services.

type Kind = 'partner' | 'customer';

const isLive = ({ state }: Sim) => state !== 'terminated';

/** Whether a live SIM certainly, or possibly, passes. SIMs with a pending change may have been changed by their operator already. */
function sims(model: Model, passes: (sim: Sim) => boolean): { surely: boolean; possibly: boolean } {
  const changing = new Set([...model.slowChanges.values()].flatMap(({ iccids }) => iccids));
  const states = [...model.sims].map(([iccid, known]) => {
    const possible = known.flatMap(possibleSims).map((sim) => isLive(sim) && passes(sim));
    return { surely: !changing.has(iccid) && possible.every(Boolean), possibly: possible.some(Boolean) };
  });
  return { surely: states.some(({ surely }) => surely), possibly: states.some(({ possibly }) => possibly) };
}

/** The services that no order is adding SIMs to: the outcome of the others depends on the moment. */
function idleServices(model: Model, kind: Kind): [string, { tariff: string }][] {
  const plans = [...model.orders.values()].flatMap(({ behaviours, plan }) => (behaviours && plan ? [plan] : []));
  const busy = new Set(plans.flatMap((plan) => [plan.partnerServiceId, plan.customerServiceId]));
  const all: Iterable<[string, { tariff: string }]> = kind === 'partner' ? model.partnerServices : model.services;
  return [...all].filter(([id]) => !busy.has(id));
}

const pathOf = (kind: Kind, id: string) => `/v1/${kind}-services/${id}`;

type SeenTariffs = { tariffId: string; nextTariff?: { tariffId: string; from: string } };

/** Changes the tariff of a service: refused exactly when the service has SIMs that the new tariff does not cover. */
function changeTariff(kind: Kind, number: number, tariffNumber: number): Command {
  return command('change a tariff', {
    can: (model) => idleServices(model, kind).length > 0,
    async run(model, world) {
      const [id, service] = pickFrom(idleServices(model, kind), number);
      const tariff = tariffFor(model, kind, tariffNumber);
      world.log(`put ${world.nameOf(id)} on ${tariff}`);
      const { surely, possibly } = lostSims(model, kind, id, service.tariff, tariff);
      const answer = await world.api.patch<SeenTariffs>(pathOf(kind, id), { tariffId: tariff });
      expectStatus(surely ? 409 : possibly ? [200, 409] : 200, answer);
      if (answer.status === 200) {
        ensure(answer.body.tariffId === tariff, () => `The service is shown with ${JSON.stringify(answer.body)}`);
        setTariff(model, kind, id, tariff);
      }
    },
  });
}

/** Plans a tariff for the next period, and withdraws it. If the period begins in between, the present tariff is set again. */
function planTariff(kind: Kind, number: number, tariffNumber: number): Command {
  return command('plan a tariff', {
    can: (model) => idleServices(model, kind).length > 0,
    async run(model, world) {
      const [id, service] = pickFrom(idleServices(model, kind), number);
      const tariff = tariffFor(model, kind, tariffNumber);
      world.log(`put ${world.nameOf(id)} on ${tariff} from the next period on, and withdraw it`);
      const { surely, possibly } = lostSims(model, kind, id, service.tariff, tariff);
      const body = { tariffId: tariff, effectiveAt: 'next_period' };
      const answer = await world.api.patch<SeenTariffs>(pathOf(kind, id), body);
      expectStatus(surely ? 409 : possibly ? [200, 409] : 200, answer);
      if (answer.status === 200) {
        const { tariffId, nextTariff } = answer.body;
        const isPlanned = tariffId === service.tariff && (nextTariff?.tariffId ?? service.tariff) === tariff;
        ensure(isPlanned, () => `The service is shown with ${JSON.stringify(answer.body)}`);
        const withdrawal = await world.api.patch<SeenTariffs>(pathOf(kind, id), { tariffId: service.tariff });
        const after = expectStatus(200, withdrawal);
        const isWithdrawn = after.tariffId === service.tariff && after.nextTariff === undefined;
        ensure(isWithdrawn, () => `The service is shown with ${JSON.stringify(after)}`);
      }
    },
  });
}

function tariffFor(model: Model, kind: Kind, number: number): string {
  return pickFrom(
    [...model.tariffs.keys()].filter((id) => id.startsWith(`trf_${kind}`)),
    number,
  );
}

/** Whether the service has SIMs that one tariff covers and the other does not. */
function lostSims(model: Model, kind: Kind, id: string, before: string, after: string) {
  const covered: readonly OperatorId[] = model.tariffs.get(after) ?? [];
  const lost = (model.tariffs.get(before) ?? []).filter((operator) => !covered.includes(operator));
  const isOn = (sim: Sim) => (kind === 'partner' ? sim.stock : sim.service) === id;
  return sims(model, (sim) => isOn(sim) && lost.includes(sim.operator));
}

function setTariff(model: Model, kind: Kind, id: string, tariff: string): void {
  const [stock, service] = [model.partnerServices.get(id), model.services.get(id)];
  if (kind === 'partner' && stock) {
    model.partnerServices.set(id, { ...stock, tariff });
  } else if (service) {
    model.services.set(id, { ...service, tariff });
  }
}

async function deletePartnerService(model: Model, world: World, id: string): Promise<void> {
  world.log(`delete ${world.nameOf(id)}`);
  const { surely, possibly } = sims(model, ({ stock }) => stock === id);
  const answer = await world.api.del(pathOf('partner', id));
  expectStatus(surely ? 409 : possibly ? [204, 409] : 204, answer);
  if (answer.status === 204) {
    model.partnerServices.delete(id);
    model.deletedStocks.add(id);
    expectStatus(404, await world.api.get(pathOf('partner', id)));
  }
}

const MIN_PARTNER_SERVICES = 2;
const MAX_PARTNER_SERVICES = 6;

const deleteStock = (number: number) =>
  command('delete a partner service', {
    can: (model) => model.partnerServices.size > MIN_PARTNER_SERVICES && idleServices(model, 'partner').length > 0,
    async run(model, world) {
      const [id] = pickFrom(idleServices(model, 'partner'), number);
      await deletePartnerService(model, world, id);
    },
  });

const deleteHolding = (number: number) =>
  command('delete a holding service', {
    async run(model, world) {
      const id = pickFrom([...model.holding], number);
      world.log(`delete ${world.nameOf(id)}`);
      expectStatus(409, await world.api.del(pathOf('partner', id)));
    },
  });

const makeStock = (tariffNumber: number) =>
  command('create a partner service', {
    can: ({ partnerServices }) => partnerServices.size < MAX_PARTNER_SERVICES,
    async run(model, world) {
      const tariff = tariffFor(model, 'partner', tariffNumber);
      const name = `partner service ${model.partnerServices.size + model.deletedStocks.size + 1}`;
      world.log(`create ${name} of ${tariff}`);
      const answer = await world.api.post<{ id: string }>('/v1/partner-services', { name, tariffId: tariff });
      const { id } = expectStatus(201, answer);
      world.setName(id, name);
      model.partnerServices.set(id, { tariff, name });
    },
  });

const kind = fc.constantFrom<Kind>('partner', 'customer');

/** The commands with their weights. */
export const tariffCommands: readonly (readonly [number, fc.Arbitrary<Command>])[] = [
  [2, fc.tuple(kind, pick, pick).map(([of, number, tariff]) => changeTariff(of, number, tariff))],
  [1, fc.tuple(kind, pick, pick).map(([of, number, tariff]) => planTariff(of, number, tariff))],
  [1, pick.map(deleteStock)],
  [1, pick.map(makeStock)],
  [1, pick.map(deleteHolding)],
];
