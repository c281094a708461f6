import type { alarmActions, measures } from '../../../../domain/alarm.ts';
import type { Resource } from '../../api/client.ts';

type Alarm = Pick<Resource<'Alarm'>, 'name' | 'scope' | 'measure' | 'threshold' | 'action'>;

export const scopeKinds = ['customerService', 'partnerService', 'sim'] as const;

/** The units of a threshold, with the bytes of one. A percentage is of the allowance. */
const unitBytes = { percent: undefined, MB: 1e6, GB: 1e9 } as const;

export type ThresholdUnit = keyof typeof unitBytes;

/** The units of a threshold, in the order of the form. */
export const thresholdUnits = ['percent', 'MB', 'GB'] as const satisfies readonly ThresholdUnit[];

/** An alarm while the user fills in the form. */
export type AlarmDraft = {
  name: string;
  scopeKind: (typeof scopeKinds)[number];
  /** The id of the service, or the ICCID. */
  subject: string;
  measure: (typeof measures)[number];
  amount: string;
  unit: ThresholdUnit;
  action: (typeof alarmActions)[number];
};

export const newAlarmDraft: AlarmDraft = {
  name: '',
  scopeKind: 'customerService',
  subject: '',
  measure: 'sim',
  amount: '80',
  unit: 'percent',
  action: 'notify',
};

export function toAlarmDraft({ name, scope, measure, threshold, action }: Alarm): AlarmDraft {
  return { name, ...scopeOf(scope), measure, ...amountOf(threshold), action };
}

/** What an alarm watches: its kind and its id. */
export function scopeOf({ customerServiceId, partnerServiceId, iccid }: Alarm['scope']): {
  scopeKind: AlarmDraft['scopeKind'];
  subject: string;
} {
  if (customerServiceId !== undefined) {
    return { scopeKind: 'customerService', subject: customerServiceId };
  }
  return partnerServiceId === undefined
    ? { scopeKind: 'sim', subject: iccid ?? '' }
    : { scopeKind: 'partnerService', subject: partnerServiceId };
}

/** A threshold as it is typed: in whole gigabytes if possible, else in megabytes. */
function amountOf({ percent, bytes = 0 }: Alarm['threshold']): Pick<AlarmDraft, 'amount' | 'unit'> {
  if (percent !== undefined) {
    return { amount: String(percent), unit: 'percent' };
  }
  const unit = bytes % unitBytes.GB === 0 ? 'GB' : 'MB';
  return { amount: String(bytes / unitBytes[unit]), unit };
}

/** The threshold that was typed; undefined unless it is a number above 0. */
export function thresholdIn({ amount, unit }: Pick<AlarmDraft, 'amount' | 'unit'>): Alarm['threshold'] | undefined {
  const value = Number(amount.trim().replace(',', '.'));
  if (amount.trim() === '' || !Number.isFinite(value) || value <= 0) {
    return undefined;
  }
  const factor = unitBytes[unit];
  return factor === undefined ? { percent: value } : { bytes: Math.max(1, Math.round(value * factor)) };
}

/** The draft for another scope: a single SIM has no pool. */
export function withScopeKind(draft: AlarmDraft, scopeKind: AlarmDraft['scopeKind']): AlarmDraft {
  return { ...draft, scopeKind, subject: '', measure: scopeKind === 'sim' ? 'sim' : draft.measure };
}

export function isAlarmComplete(draft: AlarmDraft): boolean {
  return draft.name.trim() !== '' && draft.subject.trim() !== '' && thresholdIn(draft) !== undefined;
}

export type NewAlarm = Alarm;

export type AlarmChange = Pick<Alarm, 'name' | 'threshold' | 'action'>;

/** The fields of an alarm that can be changed. */
export function toAlarmChange(draft: AlarmDraft): AlarmChange {
  return { name: draft.name.trim(), threshold: thresholdIn(draft) ?? {}, action: draft.action };
}

export function toNewAlarm(draft: AlarmDraft): NewAlarm {
  const subject = draft.subject.trim();
  const scopes: Record<AlarmDraft['scopeKind'], Alarm['scope']> = {
    customerService: { customerServiceId: subject },
    partnerService: { partnerServiceId: subject },
    sim: { iccid: subject },
  };
  return { ...toAlarmChange(draft), scope: scopes[draft.scopeKind], measure: draft.measure };
}
