import { setTimeout as pause } from 'node:timers/promises';
import { mayHaveFailed } from './manual-orders.ts';
import {
  actionsOf,
  allowedActions,
  type Filter,
  isUnbarred,
  type Model,
  matches,
  type Sim,
  type State,
} from './model.ts';
import { mayDiffer, possibleSims } from './outcomes.ts';
import {
  Disagreement,
  ensure,
  LISTS_LAG_MS,
  type SeenOperation,
  type SeenOrder,
  type SeenSim,
  type World,
} from './world.ts';

/** The state of the checks: their number, which selects the next list, and the versions of SIMs. */
export type CheckState = { count: number; versions: Map<string, number> };

/**
 * Compares all data of the partner with the model, and checks the invariants of every SIM. The model adopts what it cannot know:
 * versions, and which of its possible states a SIM has.
 */
export async function check(model: Model, world: World, checks: CheckState): Promise<void> {
  const list = model.slowChanges.size === 0 && !isShipping(model) ? checkList(model, world, checks.count) : undefined;
  const [services, sims] = await Promise.all([
    world.all<SeenService>('/v1/customer-services'),
    world.all<SeenSim>('/v1/sims'),
    checkOrders(model, world),
    checkOperations(model, world),
    checkLife(model, world, checks.count),
    list,
  ]);
  if (list) {
    await checkSearch(world, sims, checks.count);
  }
  checkServices(model, world, services);
  const owners = new Map(services.map(({ id, customerId }) => [id, customerId]));
  const changing = new Set([...model.slowChanges.values()].flatMap(({ iccids }) => iccids));
  const seen = new Set<string>();
  for (const sim of sims) {
    ensure(!seen.has(sim.iccid), () => `${name(world, sim)} is listed twice`);
    seen.add(sim.iccid);
    checkInvariants(model, world, sim, owners, checks.versions);
    if (!changing.has(sim.iccid)) {
      adopt(model, world, sim);
    }
  }
  checkReplaced(world, sims);
  for (const [iccid] of model.sims) {
    ensure(seen.has(iccid), () => `${world.nameOf(iccid)} is not listed`);
  }
  checks.count += 1;
}

type SeenService = { id: string; customerId: string; tariffId: string; name: string };

/** Whether SIMs may be delivered at any time. */
export function isShipping(model: Model): boolean {
  return [...model.orders.values()].some(({ behaviours }) => behaviours !== undefined);
}

function checkInvariants(
  model: Model,
  world: World,
  sim: SeenSim,
  owners: ReadonlyMap<string, string>,
  versions: Map<string, number>,
): void {
  const holds = (isTrue: boolean, rule: string) =>
    ensure(isTrue, () => `Broken invariant: ${rule}. ${name(world, sim)} is ${JSON.stringify(sim)}`);
  const hasCustomer = sim.customerId !== undefined;
  const stock = model.partnerServices.get(sim.partnerServiceId);
  const inHolding = sim.state === 'in_holding';
  // The operator can end a SIM that is still in holding.
  // A terminated SIM keeps the id of a service that was deleted since.
  const isDeleted = sim.state === 'terminated' && model.deletedStocks.has(sim.partnerServiceId);
  const isInPlace = inHolding || (sim.state === 'terminated' && stock === undefined && !isDeleted);
  holds(
    isInPlace ? model.holding.has(sim.partnerServiceId) : stock !== undefined || isDeleted,
    'a SIM outside holding has a real service',
  );
  holds(sim.holding === inHolding, '`holding` is true exactly for SIMs in holding');
  holds(!hasCustomer || !inHolding, 'a SIM with a customer is not in holding');
  // A termination that is confirmed late can end a SIM in stock.
  holds(
    sim.state === 'terminated' || hasCustomer === !['in_holding', 'in_stock'].includes(sim.state),
    'a SIM has a customer from `assigned` on',
  );
  holds(isUnbarred(sim) === (sim.bars.length === 0), 'a SIM has no bars exactly when it is active or in test status');
  holds(hasCustomer === (sim.customerServiceId !== undefined), 'a SIM with a customer has a customer service');
  const owner = owners.get(sim.customerServiceId ?? '');
  // A terminated SIM keeps ids of resources that were deleted since.
  const isHistory = sim.state === 'terminated' && owner === undefined;
  holds(!hasCustomer || isHistory || owner === sim.customerId, "the customer service belongs to the SIM's customer");
  const tariffs = [stock?.tariff, model.services.get(sim.customerServiceId ?? '')?.tariff];
  for (const tariff of tariffs) {
    holds(
      sim.state === 'terminated' || tariff === undefined || !!model.tariffs.get(tariff)?.includes(sim.operatorId),
      "the tariffs cover the SIM's operator",
    );
  }
  holds(sim.version >= (versions.get(sim.iccid) ?? 1), 'the version only grows');
  versions.set(sim.iccid, sim.version);
  const isReplaceable = ['assigned', 'testing', 'active', 'suspended'].includes(sim.state);
  const ofState = actionsOf({ state: sim.state, operator: sim.operatorId });
  const allowed = sim.pendingChange ? [] : [...ofState, ...(isReplaceable ? ['replace'] : [])];
  holds(`${[...sim.nextActions].sort()}` === `${[...allowed].sort()}`, '`nextActions` lists the allowed actions');
  const { action, operationId = '' } = sim.pendingChange ?? {};
  const slow = model.slowChanges.get(operationId);
  const isOfPlan = action === 'test' && slow === undefined && isShipping(model);
  holds(
    action === undefined || isOfPlan || (slow?.request.action === action && allowedActions[sim.state].includes(action)),
    'a SIM has a pending change exactly of an operation that runs, which its state allows',
  );
}

/** A SIM replaces one that is terminated and shows it as its replacement. */
function checkReplaced(world: World, sims: readonly SeenSim[]): void {
  const byIccid = new Map(sims.map((sim) => [sim.iccid, sim]));
  for (const sim of sims) {
    const { iccid, replaces = '', replacedBy } = sim;
    const isEnded = replacedBy === undefined || (sim.state === 'terminated' && byIccid.has(replacedBy));
    const isMutual = sim.replaces === undefined || byIccid.get(replaces)?.replacedBy === iccid;
    ensure(isEnded && isMutual, () => `The replacement of ${name(world, sim)} is unsound: ${JSON.stringify(sim)}`);
  }
}

function adopt(model: Model, world: World, seen: SeenSim): void {
  const known = model.sims.get(seen.iccid);
  if (!known) {
    const { end, manual } = model.orders.get(seen.orderId ?? '') ?? { end: 'unknown' };
    ensure(
      end === undefined && manual === undefined,
      () => `${name(world, seen)} is not in the model, though its order is ${manual?.state ?? end}`,
    );
    return;
  }
  const matching = known.flatMap(possibleSims).filter((sim) => matchesSeen(sim, seen));
  ensure(
    matching.length > 0,
    () =>
      `${name(world, seen)} is ${JSON.stringify(seen)}, but should be ${known.map((sim) => JSON.stringify(sim)).join(' or ')}`,
  );
  const adopted = matching.map((sim) => JSON.stringify({ ...sim, isChanged: false, version: seen.version }));
  // Safe: each string was serialised from a Sim in the statement above.
  model.sims.set(
    seen.iccid,
    [...new Set(adopted)].map((text) => JSON.parse(text) as Sim),
  );
}

export function matchesSeen(sim: Sim, seen: SeenSim): boolean {
  return (
    sim.state === seen.state &&
    sim.operator === seen.operatorId &&
    sim.order === seen.orderId &&
    sim.customer === seen.customerId &&
    sim.service === seen.customerServiceId &&
    sim.label === seen.label &&
    sim.replacedBy === seen.replacedBy &&
    sim.replaces === seen.replaces &&
    (sim.stock === undefined || sim.stock === seen.partnerServiceId) &&
    (sim.isChanged
      ? seen.version > sim.version
      : seen.version === sim.version || (mayDiffer(sim) && seen.version > sim.version))
  );
}

function checkServices(model: Model, world: World, seen: readonly SeenService[]): void {
  const actual = seen.map(({ id, customerId, tariffId, name }) => [id, customerId, tariffId, name].join()).sort();
  const wanted = [...model.services].map(([id, { customer, tariff, name }]) => [id, customer, tariff, name].join());
  ensure(
    `${actual}` === `${wanted.sort()}`,
    () => `Customer services are ${actual.map((id) => world.nameOf(id))}, not ${wanted}`,
  );
}

async function checkOrders(model: Model, world: World): Promise<void> {
  const orders = await world.all<SeenOrder>('/v1/orders');
  ensure(
    orders.length === model.orders.size,
    () => `The partner has ${orders.length} orders, not ${model.orders.size}`,
  );
  for (const order of orders) {
    const { end, manual } = model.orders.get(order.id) ?? { end: 'unknown' };
    const state = end ?? manual?.state;
    const hasFailed = order.state === 'failed' && manual !== undefined && mayHaveFailed(manual, await world.now());
    ensure(
      state === undefined || order.state === state || hasFailed,
      () => `${world.nameOf(order.id)} is ${order.state}, not ${state}`,
    );
    checkProgress(world, order);
  }
}

/** Once the plan has run, each received SIM has completed it or failed. */
function checkProgress(world: World, { id, state, quantity, progress, operations }: SeenOrder): void {
  const problem = () => `The progress of ${world.nameOf(id)} is impossible: ${JSON.stringify(progress)}`;
  const { received, migrated, assigned, activated, failed } = progress;
  const areOfThoseReceived = [migrated, assigned, activated, failed].every((sims) => sims >= 0 && sims <= received);
  ensure(areOfThoseReceived && received <= quantity, problem);
  const last = operations.at(-1)?.stage;
  if (state === 'fulfilled' && last) {
    const completed = { migrate: migrated, assign: assigned, activate: activated }[last];
    ensure(completed + failed === received, problem);
  }
}

async function checkOperations(model: Model, world: World): Promise<void> {
  const operations = await world.all<SeenOperation>('/v1/operations');
  for (const { id, state, succeeded, failed } of operations) {
    const known = model.operations.get(id) ?? model.replacements.get(id);
    if (known) {
      const failures = typeof known.failed === 'number' ? known.failed : known.failed.length;
      const isSame = known.state === state && known.succeeded === succeeded && failures === failed;
      ensure(isSame, () => `${world.nameOf(id)} was ${known.state} and is ${state}: ${succeeded} and ${failed}`);
    } else {
      const isKnown = model.slowChanges.has(id) || model.scheduled.has(id) || isShipping(model);
      ensure(isKnown, () => `Operation ${id}, which is ${state}, was not requested`);
    }
  }
  ensure(operations.length >= model.operations.size + model.replacements.size, () => 'An operation is missing');
}

/** Checks the timeline of one SIM, a different one each time: oldest first, each step starting where the previous one ended. */
async function checkLife(model: Model, world: World, turn: number): Promise<void> {
  const iccids = [...model.sims.keys()];
  const iccid = iccids[(turn * 7) % Math.max(1, iccids.length)];
  if (iccid === undefined) {
    return;
  }
  const steps = await world.all<{ at: string; from?: string; to?: string }>(`/v1/sims/${iccid}/events`);
  const problem = () => `The timeline of SIM ${world.nameOf(iccid)} is out of order: ${JSON.stringify(steps)}`;
  let state = steps[0]?.to ?? steps[0]?.from;
  for (const [index, { at, from, to }] of steps.entries()) {
    ensure(index === 0 || (at >= (steps[index - 1]?.at ?? '') && (from === undefined || from === state)), problem);
    state = to ?? state;
  }
}

const RETRY_INTERVAL_MS = 100;

/** Compares one of the filtered lists with the model, a different one each time. */
function checkList(model: Model, world: World, turn: number): Promise<void> {
  return untilAgreed(() => compareList(model, world, turn));
}

/** Repeats a comparison while lists lag. */
async function untilAgreed(compare: () => Promise<void>): Promise<void> {
  for (const deadline = performance.now() + LISTS_LAG_MS; ; ) {
    const isLate = performance.now() > deadline;
    try {
      return await compare();
    } catch (error) {
      if (isLate || !(error instanceof Disagreement)) {
        throw error;
      }
    }
    await pause(RETRY_INTERVAL_MS);
  }
}

async function compareList(model: Model, world: World, turn: number): Promise<void> {
  const filters = filtersOf(model);
  const filter = filters[turn % filters.length] ?? {};
  const listed = await world.all<SeenSim>(`/v1/sims?${new URLSearchParams(filter)}`);
  const found = new Set(listed.map(({ iccid }) => iccid));
  ensure(found.size === listed.length, () => `The list ${JSON.stringify(filter)} has a SIM twice`);
  for (const [iccid, sims] of model.sims) {
    const fits = sims.flatMap(possibleSims).map((sim) => matches(sim, filter));
    const isRight = fits.includes(found.has(iccid));
    ensure(
      isRight,
      () => `${world.nameOf(iccid)} should ${fits[0] ? '' : 'not '}be in the list ${JSON.stringify(filter)}`,
    );
  }
}

/** Checks that a tag or a number of a SIM, a different one each time, finds exactly the SIMs that show it. */
async function checkSearch(world: World, sims: readonly SeenSim[], turn: number): Promise<void> {
  const searches = sims.flatMap(searchesOf);
  const search = searches[(turn * 31) % Math.max(1, searches.length)];
  if (search) {
    await untilAgreed(async () => {
      const listed = await world.all<SeenSim>(`/v1/sims?${new URLSearchParams(search.filter)}`);
      const [found, wanted] = [listed, sims.filter(search.finds)].map((some) => some.map(({ iccid }) => iccid).sort());
      ensure(
        `${found}` === `${wanted}`,
        () =>
          `The list ${JSON.stringify(search.filter)} has ${found?.map((iccid) => world.nameOf(iccid))}, not ${wanted?.map((iccid) => world.nameOf(iccid))}`,
      );
    });
  }
}

type Search = { filter: Record<string, string>; finds: (sim: SeenSim) => boolean };

function searchesOf({ tags, imsi, msisdn }: SeenSim): Search[] {
  const isTag = (text: string) => (sim: SeenSim) => sim.tags.some((tag) => tag.toLowerCase() === text.toLowerCase());
  const isLabel = (text: string) => (sim: SeenSim) => sim.label?.toLowerCase().startsWith(text.toLowerCase()) ?? false;
  return [
    ...tags.flatMap((tag): Search[] => [
      { filter: { tag: tag.toUpperCase() }, finds: isTag(tag) },
      { filter: { q: tag }, finds: (sim) => isTag(tag)(sim) || isLabel(tag)(sim) },
    ]),
    ...(imsi === undefined ? [] : [{ filter: { imsi }, finds: (sim: SeenSim) => sim.imsi === imsi }]),
    ...(msisdn === undefined ? [] : [{ filter: { msisdn }, finds: (sim: SeenSim) => sim.msisdn === msisdn }]),
  ];
}

/** The filters to try on this partner's fleet. */
export function filtersOf(model: Model): Filter[] {
  const states = Object.keys(allowedActions) as State[]; // Object.keys widens to string; these are its keys
  const customers = [...model.customers.keys()];
  return [
    ...states.map((state) => ({ state })),
    ...customers.map((customerId) => ({ customerId })),
    ...[...model.services.keys()].map((customerServiceId) => ({ customerServiceId })),
    ...[...model.partnerServices.keys()].map((partnerServiceId) => ({ partnerServiceId })),
    ...[...model.operators.keys()].map((operatorId) => ({ operatorId, state: 'assigned' as const })),
    ...[...model.orders.keys()].map((orderId) => ({ orderId })),
    ...[...model.orders.keys()].map((orderId) => ({ orderId, state: 'active' as const })),
    ...customers.map((customerId) => ({ customerId, state: 'active' as const })),
    ...customers.map((customerId) => ({ customerId, state: 'suspended' as const })),
    ...['Meter', 'meter 1', '89'].map((q) => ({ q })),
    ...customers.map((customerId) => ({ customerId, q: 'meter' })),
    ...[...model.sims.keys()].slice(0, 2).flatMap((iccid) => [{ iccidEnds: iccid.slice(-5) }, { q: iccid.slice(-6) }]),
  ];
}

function name(world: World, { iccid }: { iccid: string }): string {
  return `SIM ${world.nameOf(iccid)}`;
}
