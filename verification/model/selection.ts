import fc from 'fast-check';
import { filtersOf, isShipping } from './check.ts';
import { pick, picked } from './command.ts';
import { type Action, type Ask, isAsAsked, leavesBy, type Model, matches, refusals, standings } from './model.ts';
import type { World } from './world.ts';

/** How SIMs are named in a bulk action; what is meant is settled when the step is taken. */
export type Naming = {
  how: 'fitting' | 'list' | 'order' | 'filter';
  pick: number;
  count: number;
  extra: 'none' | 'twice' | 'stranger';
};

export const naming: fc.Arbitrary<Naming> = fc.record({
  how: fc.constantFrom('fitting', 'fitting', 'list', 'order', 'filter'),
  pick,
  count: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constant(200)),
  extra: fc.constantFrom('none', 'none', 'none', 'twice', 'stranger'),
});

/** Named SIMs: `select` of the request, those that are surely meant, and those that may be. */
export type Selected = { select: object; must: readonly string[]; may: readonly string[]; told: string };

/** An ICCID that is right, and nobody's. */
export const STRANGER = '8944200000000000017';

/** SIMs that nothing is under way with, by ICCID. */
export function freeSims(model: Model): string[] {
  const busy = new Set([...model.flights.values()].flatMap(({ iccids }) => iccids));
  return [...model.sims.keys()].filter((iccid) => !busy.has(iccid)).sort();
}

/** SIMs for which the rules allow something that changes them. */
export function fitting(model: Model, action: Action): string[] {
  return freeSims(model).filter((iccid) =>
    model.sims.get(iccid)?.some(({ state }) => leavesBy[state].includes(action)),
  );
}

/** What a naming means now. While SIMs are on their way or being activated, only lists say surely which are meant. */
export function select(
  model: Model,
  world: World,
  action: Action,
  { how, pick: number, count, extra }: Naming,
): Selected {
  const isBusy = model.flights.size > 0 || isShipping(model);
  const orders = [...model.orders.values()].filter(({ end }) => end === 'delivered' || end === 'fulfilled');
  if (how === 'order' && !isBusy && orders.length > 0) {
    const { id } = picked(orders, number);
    const meant = [...model.sims].filter(([, sims]) => sims[0]?.order === id).map(([iccid]) => iccid);
    return { select: { orderId: id }, must: meant, may: meant, told: `all of ${world.nameOf(id)}` };
  }
  if (how === 'filter' && !isBusy) {
    const filter = picked(filtersOf(model), number);
    const fits = [...model.sims].map(([iccid, sims]) => ({
      iccid,
      as: sims.flatMap(standings).map((sim) => matches(sim, filter)),
    }));
    const told = Object.entries(filter).map(([field, value]) => `${field} ${world.nameOf(value)}`);
    return {
      select: { filter },
      must: fits.filter(({ as }) => as.every(Boolean)).map(({ iccid }) => iccid),
      may: fits.filter(({ as }) => as.some(Boolean)).map(({ iccid }) => iccid),
      told: `those with ${told.join(' and ')}`,
    };
  }
  const suiting = how === 'list' ? [] : fitting(model, action);
  const from = suiting.length > 0 ? suiting : freeSims(model);
  const start = from.length === 0 ? 0 : number % from.length;
  const meant = [...from.slice(start), ...from.slice(0, start)].slice(0, count);
  const iccids = [
    ...meant,
    ...(extra === 'twice' ? meant.slice(0, 2) : []),
    ...(extra === 'stranger' ? [STRANGER] : []),
  ];
  const all = extra === 'stranger' ? [...meant, STRANGER] : meant;
  return { select: { iccids }, must: all, may: all, told: nameSims(world, iccids) };
}

export function nameSims(world: World, iccids: readonly string[]): string {
  const names = iccids.slice(0, 6).map((iccid) => (iccid === STRANGER ? 'a stranger' : world.nameOf(iccid)));
  return `[${names.join(', ')}${iccids.length > names.length ? `, … ${iccids.length} in all` : ''}]`;
}

/** What a dry run may say of a SIM: the rules alone, as no operator is asked. */
export function drily(model: Model, iccid: string, ask: Ask): Set<string> {
  const sims = (model.sims.get(iccid) ?? []).flatMap(standings);
  const said = sims.flatMap((sim) => {
    const codes = refusals(model, sim, ask);
    return isAsAsked(model, sim, ask)
      ? ['succeeded', ...(sim.state === 'terminated' ? codes : [])]
      : codes.length > 0
        ? codes
        : ['succeeded'];
  });
  return new Set(sims.length > 0 ? said : ['not_found']);
}
