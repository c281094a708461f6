import { setTimeout as pause } from 'node:timers/promises';
import { type Filter, leavesBy, type Model, matches, type Sim, type State, standings } from './model.ts';
import {
  agree,
  Disagreement,
  LISTS_LAG_MS,
  type SeenOperation,
  type SeenOrder,
  type SeenSim,
  type World,
} from './world.ts';

/** The state of the checks: their number, which selects the next list, and the versions of SIMs. */
export type Looks = { taken: number; versions: Map<string, number> };

/**
 * Compares everything of the partner with the model, and checks the invariants of every SIM (design: "always true, whatever
 * happens"). The model adopts what it could not know: versions, and which of its possible standings a SIM has.
 */
export async function check(model: Model, world: World, looks: Looks): Promise<void> {
  const list = model.flights.size === 0 && !isShipping(model) ? checkList(model, world, looks.taken) : undefined;
  const [services, sims] = await Promise.all([
    world.all<SeenService>('/v1/customer-services'),
    world.all<SeenSim>('/v1/sims'),
    checkOrders(model, world),
    checkOperations(model, world),
    checkLife(model, world, looks.taken),
    list,
  ]);
  checkServices(model, world, services);
  const owners = new Map(services.map(({ id, customerId }) => [id, customerId]));
  const inFlight = new Set([...model.flights.values()].flatMap(({ iccids }) => iccids));
  const seen = new Set<string>();
  for (const sim of sims) {
    agree(!seen.has(sim.iccid), () => `${name(world, sim)} is listed twice`);
    seen.add(sim.iccid);
    alwaysTrue(model, world, sim, owners, looks.versions);
    if (!inFlight.has(sim.iccid)) {
      takeOver(model, world, sim);
    }
  }
  for (const [iccid] of model.sims) {
    agree(seen.has(iccid), () => `${world.nameOf(iccid)} is not listed`);
  }
  looks.taken += 1;
}

type SeenService = { id: string; customerId: string; tariffId: string; name: string };

/** Whether SIMs may be delivered at any time. */
export function isShipping(model: Model): boolean {
  return [...model.orders.values()].some(({ behaviours }) => behaviours !== undefined);
}

function alwaysTrue(
  model: Model,
  world: World,
  sim: SeenSim,
  owners: ReadonlyMap<string, string>,
  versions: Map<string, number>,
): void {
  const holds = (isTrue: boolean, rule: string) =>
    agree(isTrue, () => `Not always true: ${rule}. ${name(world, sim)} is ${JSON.stringify(sim)}`);
  const hasCustomer = sim.customerId !== undefined;
  const stock = model.stocks.get(sim.partnerServiceId);
  const inHolding = sim.state === 'in_holding';
  holds(inHolding ? model.holding.has(sim.partnerServiceId) : stock !== undefined, 'outside holding, a real service');
  holds(sim.holding === inHolding, 'holding says so');
  holds(!hasCustomer || !inHolding, 'who has a customer is not in holding');
  holds(hasCustomer === !['in_holding', 'in_stock'].includes(sim.state), 'states from assigned on have a customer');
  holds((sim.state === 'active') === (sim.bars.length === 0), 'active exactly when it has no bars');
  holds(hasCustomer === (sim.customerServiceId !== undefined), 'a customer with a service');
  const owner = owners.get(sim.customerServiceId ?? '');
  // A terminated SIM keeps ids of resources that were deleted since.
  const isHistory = sim.state === 'terminated' && owner === undefined;
  holds(!hasCustomer || isHistory || owner === sim.customerId, "the service is the customer's");
  const tariffs = [stock?.tariff, model.services.get(sim.customerServiceId ?? '')?.tariff];
  for (const tariff of tariffs) {
    holds(tariff === undefined || !!model.tariffs.get(tariff)?.includes(sim.operatorId), 'tariffs cover the operator');
  }
  holds(sim.version >= (versions.get(sim.iccid) ?? 1), 'version only grows');
  versions.set(sim.iccid, sim.version);
  holds(
    `${[...sim.nextActions].sort()}` === `${[...leavesBy[sim.state]].sort()}`,
    'nextActions is what the rules allow',
  );
}

function takeOver(model: Model, world: World, seen: SeenSim): void {
  const known = model.sims.get(seen.iccid);
  if (!known) {
    const { end } = model.orders.get(seen.orderId) ?? { end: 'unknown' };
    agree(end === undefined, () => `${name(world, seen)} comes from nowhere: its order is ${end}`);
    return;
  }
  const fitting = known.flatMap(standings).filter((sim) => looksLike(sim, seen));
  agree(
    fitting.length > 0,
    () =>
      `${name(world, seen)} is ${JSON.stringify(seen)}, but should be ${known.map((sim) => JSON.stringify(sim)).join(' or ')}`,
  );
  const settled = fitting.map((sim) => JSON.stringify({ ...sim, moved: false, version: seen.version }));
  // Safe: each string was serialised from a Sim in the statement above.
  model.sims.set(
    seen.iccid,
    [...new Set(settled)].map((text) => JSON.parse(text) as Sim),
  );
}

export function looksLike(sim: Sim, seen: SeenSim): boolean {
  return (
    sim.state === seen.state &&
    sim.operator === seen.operatorId &&
    sim.order === seen.orderId &&
    sim.customer === seen.customerId &&
    sim.service === seen.customerServiceId &&
    sim.label === seen.label &&
    (sim.state === 'in_holding' || sim.stock === seen.partnerServiceId) &&
    (sim.moved ? seen.version > sim.version : seen.version === sim.version)
  );
}

function checkServices(model: Model, world: World, seen: readonly SeenService[]): void {
  const told = seen.map(({ id, customerId, tariffId, name }) => [id, customerId, tariffId, name].join()).sort();
  const wanted = [...model.services].map(([id, { customer, tariff, name }]) => [id, customer, tariff, name].join());
  agree(
    `${told}` === `${wanted.sort()}`,
    () => `Customer services are ${told.map((id) => world.nameOf(id))}, not ${wanted}`,
  );
}

async function checkOrders(model: Model, world: World): Promise<void> {
  const orders = await world.all<SeenOrder>('/v1/orders');
  agree(orders.length === model.orders.size, () => `${orders.length} orders are there, not ${model.orders.size}`);
  for (const order of orders) {
    const { end } = model.orders.get(order.id) ?? { end: 'unknown' };
    agree(end === undefined || order.state === end, () => `${world.nameOf(order.id)} is ${order.state}, not ${end}`);
    checkProgress(world, order);
  }
}

/** Once the plan has run, each received SIM has completed it or failed. */
function checkProgress(world: World, { id, state, quantity, progress, operations }: SeenOrder): void {
  const told = () => `The progress of ${world.nameOf(id)} cannot be: ${JSON.stringify(progress)}`;
  const { received, migrated, assigned, activated, failed } = progress;
  const areOfThoseReceived = [migrated, assigned, activated, failed].every((sims) => sims >= 0 && sims <= received);
  agree(areOfThoseReceived && received <= quantity, told);
  const last = operations.at(-1)?.stage;
  if (state === 'fulfilled' && last) {
    const completed = { migrate: migrated, assign: assigned, activate: activated }[last];
    agree(completed + failed === received, told);
  }
}

async function checkOperations(model: Model, world: World): Promise<void> {
  const operations = await world.all<SeenOperation>('/v1/operations');
  for (const { id, state, succeeded, failed } of operations) {
    const known = model.operations.get(id);
    if (known) {
      const isSame = known.state === state && known.succeeded === succeeded && known.failed.length === failed;
      agree(isSame, () => `${world.nameOf(id)} was ${known.state} and is ${state}: ${succeeded} and ${failed}`);
    } else {
      const isKnown = model.flights.has(id) || model.scheduled.has(id) || isShipping(model);
      agree(isKnown, () => `Nobody asked for operation ${id}, which is ${state}`);
    }
  }
  agree(operations.length >= model.operations.size, () => 'An operation is gone');
}

/** Checks the timeline of one SIM, a different one each time: oldest first, each step starting where the previous one ended. */
async function checkLife(model: Model, world: World, turn: number): Promise<void> {
  const iccids = [...model.sims.keys()];
  const iccid = iccids[(turn * 7) % Math.max(1, iccids.length)];
  if (iccid === undefined) {
    return;
  }
  const steps = await world.all<{ at: string; from?: string; to?: string }>(`/v1/sims/${iccid}/events`);
  const told = () => `The life of SIM ${world.nameOf(iccid)} is out of order: ${JSON.stringify(steps)}`;
  let state = steps[0]?.to ?? steps[0]?.from;
  for (const [place, { at, from, to }] of steps.entries()) {
    agree(place === 0 || (at >= (steps[place - 1]?.at ?? '') && (from === undefined || from === state)), told);
    state = to ?? state;
  }
}

const LOOK_AGAIN_AFTER_MS = 100;

/** Compares one of the filtered lists with the model, a different one each time; retries while the list lags. */
async function checkList(model: Model, world: World, turn: number): Promise<void> {
  for (const deadline = performance.now() + LISTS_LAG_MS; ; ) {
    const isLate = performance.now() > deadline;
    try {
      return await compareList(model, world, turn);
    } catch (error) {
      if (isLate || !(error instanceof Disagreement)) {
        throw error;
      }
    }
    await pause(LOOK_AGAIN_AFTER_MS);
  }
}

async function compareList(model: Model, world: World, turn: number): Promise<void> {
  const filters = filtersOf(model);
  const filter = filters[turn % filters.length] ?? {};
  const listed = await world.all<SeenSim>(`/v1/sims?${new URLSearchParams(filter)}`);
  const found = new Set(listed.map(({ iccid }) => iccid));
  agree(found.size === listed.length, () => `The list ${JSON.stringify(filter)} has a SIM twice`);
  for (const [iccid, sims] of model.sims) {
    const fits = sims.flatMap(standings).map((sim) => matches(sim, filter));
    const isRight = fits.includes(found.has(iccid));
    agree(
      isRight,
      () => `${world.nameOf(iccid)} should ${fits[0] ? '' : 'not '}be in the list ${JSON.stringify(filter)}`,
    );
  }
}

/** The filters to try on this partner's fleet. */
export function filtersOf(model: Model): Filter[] {
  const states = Object.keys(leavesBy) as State[]; // Object.keys widens to string; these are its keys
  const customers = [...model.customers.keys()];
  return [
    ...states.map((state) => ({ state })),
    ...customers.map((customerId) => ({ customerId })),
    ...[...model.services.keys()].map((customerServiceId) => ({ customerServiceId })),
    ...[...model.stocks.keys()].map((partnerServiceId) => ({ partnerServiceId })),
    ...[...model.operators.keys()].map((operatorId) => ({ operatorId, state: 'assigned' as const })),
    ...[...model.orders.keys()].map((orderId) => ({ orderId })),
    ...[...model.orders.keys()].map((orderId) => ({ orderId, state: 'active' as const })),
    ...customers.map((customerId) => ({ customerId, state: 'active' as const })),
    ...customers.map((customerId) => ({ customerId, state: 'suspended' as const })),
    ...['Meter', 'meter 1', '89'].map((q) => ({ q })),
    ...customers.map((customerId) => ({ customerId, q: 'meter' })),
  ];
}

function name(world: World, { iccid }: { iccid: string }): string {
  return `SIM ${world.nameOf(iccid)}`;
}
