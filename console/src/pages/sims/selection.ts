import type { Resource } from '../../api/client.ts';
import type { SimFilter } from './filter.ts';

type Sim = Pick<Resource<'Sim'>, 'iccid' | 'nextActions'>;

/** The actions that the console offers on several SIMs, in the order of a SIM's life. */
export const offeredActions = [
  'migrate',
  'assign',
  'test',
  'activate',
  'suspend',
  'resume',
  'unassign',
  'terminate',
  'label',
] as const;

export type OfferedAction = (typeof offeredActions)[number];

/** Whether an action cannot be undone: menus set it apart. */
export const isPermanent = (action: OfferedAction) => action === 'terminate';

/** The SIMs that an action is for: chosen ones, those of a list of ICCIDs, or all that match a filter, however many. */
export type Selection =
  | { kind: 'chosen'; sims: readonly Sim[] }
  | { kind: 'listed'; iccids: readonly string[] }
  | { kind: 'matching'; filter: SimFilter };

/**
 * The actions for a selection: those that at least one of the chosen SIMs allows, by its `nextActions`; the preview names the SIMs
 * that do not. The SIMs of a list and those that match a filter are not all known, so that every action is offered. Labels can be
 * changed in every state.
 */
export function actionsFor(selection: Selection): OfferedAction[] {
  if (selection.kind !== 'chosen') {
    return [...offeredActions];
  }
  const { sims } = selection;
  const allowed = new Set<string>(sims.flatMap(({ nextActions }) => nextActions));
  return offeredActions.filter((action) => allowed.has(action) || (action === 'label' && sims.length > 0));
}

/** The `select` of a request. */
export function toSelect(selection: Selection): { iccids: string[] } | { filter: SimFilter } {
  switch (selection.kind) {
    case 'chosen':
      return { iccids: selection.sims.map(({ iccid }) => iccid) };
    case 'listed':
      return { iccids: [...selection.iccids] };
    case 'matching':
      return { filter: selection.filter };
  }
}

/** The number of selected SIMs; undefined for SIMs that merely match. */
export function countOf(selection: Selection): number | undefined {
  switch (selection.kind) {
    case 'chosen':
      return selection.sims.length;
    case 'listed':
      return selection.iccids.length;
    case 'matching':
      return undefined;
  }
}

/**
 * Whether the user confirms the number of SIMs. A termination cannot be undone, and an empty filter selects the whole fleet.
 */
export function requiresNumber(action: OfferedAction, selection: Selection): boolean {
  const isFleet = selection.kind === 'matching' && Object.keys(selection.filter).length === 0;
  return action === 'terminate' || isFleet;
}
