import type { Resource } from '../../api/client.ts';
import type { SimFilter } from './filter.ts';

type Sim = Pick<Resource<'Sim'>, 'iccid' | 'nextActions'>;

/** The actions that the console offers on SIMs, in the order of a SIM's life. */
export const offeredActions = ['migrate', 'assign', 'activate', 'suspend', 'resume', 'unassign', 'terminate'] as const;

export type OfferedAction = (typeof offeredActions)[number];

/** The SIMs that an action is for: chosen ones, or all that match a filter, however many. */
export type Selection = { kind: 'chosen'; sims: readonly Sim[] } | { kind: 'matching'; filter: SimFilter };

/**
 * The actions for a selection: those that at least one of the chosen SIMs allows, by its `nextActions`; the preview names the SIMs
 * that do not. SIMs that merely match are not all known, so that every action is offered.
 */
export function actionsFor(selection: Selection): OfferedAction[] {
  if (selection.kind === 'matching') {
    return [...offeredActions];
  }
  const allowed = new Set<string>(selection.sims.flatMap(({ nextActions }) => nextActions));
  return offeredActions.filter((action) => allowed.has(action));
}

/** The `select` of a request. */
export function toSelect(selection: Selection): { iccids: string[] } | { filter: SimFilter } {
  return selection.kind === 'chosen'
    ? { iccids: selection.sims.map(({ iccid }) => iccid) }
    : { filter: selection.filter };
}

/**
 * How the user confirms the number of SIMs. A termination cannot be undone, and an empty filter selects the whole fleet: both
 * require the number. For chosen SIMs it is known, and typed to confirm; for others the API checks what was typed.
 */
export function confirmationOf(action: OfferedAction, selection: Selection): { isRequired: boolean; count?: number } {
  if (selection.kind === 'chosen') {
    return { isRequired: action === 'terminate', count: selection.sims.length };
  }
  return { isRequired: action === 'terminate' || Object.keys(selection.filter).length === 0 };
}
