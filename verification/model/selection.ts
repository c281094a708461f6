import fc from 'fast-check';
import { filtersOf, isShipping } from './check.ts';
import { pick, pickFrom } from './command.ts';
import { type ActionRequest, actionsOf, isAlreadyDone, type Model, matches, refusals } from './model.ts';
import { possibleSims } from './outcomes.ts';
import type { World } from './world.ts';

/** How a bulk action selects SIMs. The selection is resolved when the step runs. */
export type SelectionArgs = {
  how: 'fitting' | 'list' | 'order' | 'filter';
  pick: number;
  count: number;
  extra: 'none' | 'twice' | 'stranger';
  /** Whether SIMs of the history's own operator, which the staff may change, are preferred. */
  own: boolean;
};

export const selectionArgs: fc.Arbitrary<SelectionArgs> = fc.record({
  how: fc.constantFrom('fitting', 'fitting', 'list', 'order', 'filter'),
  pick,
  count: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constant(200)),
  extra: fc.constantFrom('none', 'none', 'none', 'twice', 'stranger'),
  own: fc.nat(2).map((one) => one === 0),
});

/** Selected SIMs: `select` of the request, the SIMs that must have a result, and those that may have one. */
export type Selected = { select: object; must: readonly string[]; may: readonly string[]; description: string };

/** A valid ICCID that no partner has. */
export const UNKNOWN_ICCID = '8944200000000000017';

/** The ICCIDs of SIMs that no slow change is about. */
export function freeSims(model: Model): string[] {
  const busy = new Set([...model.slowChanges.values()].flatMap(({ iccids }) => iccids));
  return [...model.sims.keys()].filter((iccid) => !busy.has(iccid)).sort();
}

/** SIMs that the action can change. */
export function applicableSims(model: Model, action: ActionRequest['action']): string[] {
  return freeSims(model).filter((iccid) =>
    model.sims.get(iccid)?.some((sim) => action === 'label' || actionsOf(sim).includes(action)),
  );
}

/** SIMs of the history's own operator, if they are preferred and there are any. */
export function preferOwn(model: Model, world: World, iccids: readonly string[], own: boolean): readonly string[] {
  const ofOwn = iccids.filter((iccid) => own && model.sims.get(iccid)?.[0]?.operator === world.ownOperator);
  return ofOwn.length > 0 ? ofOwn : iccids;
}

/** Resolves a selection. While SIMs are being shipped or activated, only lists are unambiguous. */
export function select(
  model: Model,
  world: World,
  action: ActionRequest['action'],
  { how, pick: number, count, extra, own }: SelectionArgs,
): Selected {
  const isBusy = model.slowChanges.size > 0 || isShipping(model);
  const orders = [...model.orders.values()].filter(({ end }) => end === 'delivered' || end === 'fulfilled');
  if (how === 'order' && !isBusy && orders.length > 0) {
    const { id } = pickFrom(orders, number);
    const meant = [...model.sims].filter(([, sims]) => sims[0]?.order === id).map(([iccid]) => iccid);
    return { select: { orderId: id }, must: meant, may: meant, description: `all of ${world.nameOf(id)}` };
  }
  if (how === 'filter' && !isBusy) {
    const filter = pickFrom(filtersOf(model), number);
    const fits = [...model.sims].map(([iccid, sims]) => ({
      iccid,
      as: sims.flatMap(possibleSims).map((sim) => matches(sim, filter)),
    }));
    const conditions = Object.entries(filter).map(([field, value]) => `${field} ${world.nameOf(value)}`);
    return {
      select: { filter },
      must: fits.filter(({ as }) => as.every(Boolean)).map(({ iccid }) => iccid),
      may: fits.filter(({ as }) => as.some(Boolean)).map(({ iccid }) => iccid),
      description: `those with ${conditions.join(' and ')}`,
    };
  }
  const applicable = how === 'list' ? [] : applicableSims(model, action);
  const from = preferOwn(model, world, applicable.length > 0 ? applicable : freeSims(model), own);
  const start = from.length === 0 ? 0 : number % from.length;
  const meant = [...from.slice(start), ...from.slice(0, start)].slice(0, count);
  const iccids = [
    ...meant,
    ...(extra === 'twice' ? meant.slice(0, 2) : []),
    ...(extra === 'stranger' ? [UNKNOWN_ICCID] : []),
  ];
  const all = extra === 'stranger' ? [...meant, UNKNOWN_ICCID] : meant;
  return { select: { iccids }, must: all, may: all, description: nameSims(world, iccids) };
}

export function nameSims(world: World, iccids: readonly string[]): string {
  const names = iccids.slice(0, 6).map((iccid) => (iccid === UNKNOWN_ICCID ? 'an unknown SIM' : world.nameOf(iccid)));
  return `[${names.join(', ')}${iccids.length > names.length ? `, … ${iccids.length} in all` : ''}]`;
}

/** The possible outcomes of a dry run for a SIM. They follow from the rules: a dry run does not call the operator. */
export function dryRunOutcomes(model: Model, iccid: string, request: ActionRequest): Set<string> {
  const sims = (model.sims.get(iccid) ?? []).flatMap(possibleSims);
  const said = sims.flatMap((sim) => {
    const codes = refusals(model, sim, request);
    return isAlreadyDone(model, sim, request)
      ? ['succeeded', ...(sim.state === 'terminated' ? codes : [])]
      : codes.length > 0
        ? codes
        : ['succeeded'];
  });
  return new Set(sims.length > 0 ? said : ['not_found']);
}
