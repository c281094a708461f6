import { changesLabels, emptyLabelDraft, type LabelDraft } from './label-draft.ts';
import type { OfferedAction, Selection } from './selection.ts';
import { requiresNumber, toSelect } from './selection.ts';

/** An action while the user fills in its form. */
export type ActionDraft = {
  partnerServiceId: string;
  customerId: string;
  customerServiceId: string;
  reason: string;
  labels: LabelDraft;
  /** The number that was typed to confirm. */
  confirm: string;
  /** A local date and time, `YYYY-MM-DD` and `HH:MM`; undefined: at once. */
  startAt: { date: string; time: string } | undefined;
};

export const emptyActionDraft: ActionDraft = {
  partnerServiceId: '',
  customerId: '',
  customerServiceId: '',
  reason: '',
  labels: emptyLabelDraft,
  confirm: '',
  startAt: undefined,
};

/** Whether the action has its targets, so that it can be checked. */
export function hasTargets(action: OfferedAction, draft: ActionDraft): boolean {
  switch (action) {
    case 'migrate':
      return draft.partnerServiceId !== '';
    case 'assign':
      return draft.customerId !== '' && draft.customerServiceId !== '';
    case 'label':
      return changesLabels(draft.labels);
    default:
      return true;
  }
}

/** The number that was typed; undefined when it is none. */
function confirmedNumber({ confirm }: Pick<ActionDraft, 'confirm'>): number | undefined {
  return /^\d{1,9}$/.test(confirm.trim()) ? Number(confirm.trim()) : undefined;
}

/**
 * Whether the number is confirmed where it must be.
 *
 * @param total the number of SIMs that the preview found.
 * @param isRefused the API has refused that number, and named another one: any number is then sent.
 */
export function isConfirmed(
  action: OfferedAction,
  selection: Selection,
  draft: ActionDraft,
  { total, isRefused = false }: { total: number | undefined; isRefused?: boolean },
): boolean {
  const typed = confirmedNumber(draft);
  return !requiresNumber(action, selection) || (typed !== undefined && (isRefused || typed === total));
}

/** When the action starts; undefined at once. An incomplete time is undefined, too. */
export function effectiveAtOf({ startAt }: Pick<ActionDraft, 'startAt'>): string | undefined {
  const at = startAt && new Date(`${startAt.date}T${startAt.time}`);
  return at && !Number.isNaN(at.getTime()) ? at.toISOString() : undefined;
}

/** Whether an action would start at once, because its time has passed on the API's clock. */
export function isPast(draft: Pick<ActionDraft, 'startAt'>, now: Date): boolean {
  const at = effectiveAtOf(draft);
  return at !== undefined && new Date(at) <= now;
}

/** The time that is offered first for an action that starts later: the next morning. */
export function nextMorning(now: Date): NonNullable<ActionDraft['startAt']> {
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1);
  const [month, date] = [day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, '0'));
  return { date: `${day.getFullYear()}-${month}-${date}`, time: '08:00' };
}

/** The body of the request, without the action's own targets. A check needs no number, and no time. */
export function commonBody(action: OfferedAction, selection: Selection, draft: ActionDraft, dryRun: boolean) {
  const select = toSelect(selection);
  if (dryRun) {
    return { select, dryRun };
  }
  const confirm = requiresNumber(action, selection) ? confirmedNumber(draft) : undefined;
  const effectiveAt = effectiveAtOf(draft);
  return { select, ...(confirm !== undefined && { confirm }), ...(effectiveAt !== undefined && { effectiveAt }) };
}
