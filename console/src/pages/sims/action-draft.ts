import { changesLabels, emptyLabelDraft, type LabelDraft } from './label-draft.ts';
import type { OfferedAction, Selection } from './selection.ts';
import { confirmationOf, toSelect } from './selection.ts';

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

/** Whether the number is confirmed where it must be. */
export function isConfirmed(action: OfferedAction, selection: Selection, draft: ActionDraft): boolean {
  const { isRequired, count } = confirmationOf(action, selection);
  const typed = confirmedNumber(draft);
  return !isRequired || (typed !== undefined && (count === undefined || typed === count));
}

/** Whether the dry run can be asked: a termination of SIMs that merely match needs their number for that, too. */
export function canPreview(action: OfferedAction, selection: Selection, draft: ActionDraft): boolean {
  const needsNumber = action === 'terminate' && selection.kind === 'matching';
  return hasTargets(action, draft) && (!needsNumber || confirmedNumber(draft) !== undefined);
}

/** When the action starts; undefined at once. An incomplete time is undefined, too. */
export function effectiveAtOf({ startAt }: Pick<ActionDraft, 'startAt'>): string | undefined {
  const at = startAt && new Date(`${startAt.date}T${startAt.time}`);
  return at && !Number.isNaN(at.getTime()) ? at.toISOString() : undefined;
}

/** The body of the request, without the action's own targets. */
export function commonBody(action: OfferedAction, selection: Selection, draft: ActionDraft, dryRun: boolean) {
  const { isRequired, count } = confirmationOf(action, selection);
  const confirm = dryRun ? (count ?? confirmedNumber(draft)) : confirmedNumber(draft);
  const sendsConfirm = isRequired && confirm !== undefined && (!dryRun || action === 'terminate');
  const effectiveAt = dryRun ? undefined : effectiveAtOf(draft);
  return {
    select: toSelect(selection),
    ...(dryRun && { dryRun: true }),
    ...(sendsConfirm && { confirm }),
    ...(effectiveAt !== undefined && { effectiveAt }),
  };
}
