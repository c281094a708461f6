import { describe, expect, it } from '@jest/globals';
import {
  commonBody,
  effectiveAtOf,
  emptyActionDraft,
  hasTargets,
  isConfirmed,
  isPast,
  nextMorning,
} from './action-draft.ts';
import { emptyLabelDraft } from './label-draft.ts';
import type { Selection } from './selection.ts';

const chosen: Selection = { kind: 'chosen', sims: [{ iccid: '1', nextActions: [] }] };
const fleet: Selection = { kind: 'matching', filter: {} };

describe('an action', () => {
  it('is complete with its targets', () => {
    expect(hasTargets('migrate', emptyActionDraft)).toBe(false);
    expect(hasTargets('migrate', { ...emptyActionDraft, partnerServiceId: 'psv_1' })).toBe(true);
    expect(hasTargets('assign', { ...emptyActionDraft, customerId: 'cus_1' })).toBe(false);
    expect(hasTargets('label', emptyActionDraft)).toBe(false);
    expect(hasTargets('label', { ...emptyActionDraft, labels: { ...emptyLabelDraft, addTags: 'north' } })).toBe(true);
    expect(hasTargets('suspend', emptyActionDraft)).toBe(true);
  });

  it('that ends SIMs is confirmed with their number', () => {
    const confirmed = (confirm: string) =>
      isConfirmed('terminate', chosen, { ...emptyActionDraft, confirm }, { total: 1 });
    expect(['', '2', '1', ' 1 ', '1.0', 'one'].map(confirmed)).toEqual([false, false, true, true, false, false]);
    expect(isConfirmed('suspend', chosen, emptyActionDraft, { total: 1 })).toBe(true);
  });

  it('on all that match is not confirmed before their number is known', () => {
    const typed = { ...emptyActionDraft, confirm: '50' };
    expect(isConfirmed('suspend', fleet, typed, { total: undefined })).toBe(false);
    expect(isConfirmed('suspend', fleet, typed, { total: 51 })).toBe(false);
    expect(isConfirmed('suspend', fleet, typed, { total: 50 })).toBe(true);
  });

  it('takes the number that the API names instead of the one it refused', () => {
    const typed = { ...emptyActionDraft, confirm: '51' };
    expect(isConfirmed('suspend', fleet, typed, { total: 50, isRefused: true })).toBe(true);
    expect(isConfirmed('suspend', fleet, emptyActionDraft, { total: 50, isRefused: true })).toBe(false);
  });
});

describe('the request', () => {
  it('of a check sends neither a number nor a time', () => {
    const draft = { ...emptyActionDraft, confirm: '1', startAt: { date: '2026-12-01', time: '08:00' } };
    expect(commonBody('terminate', chosen, draft, true)).toEqual({ select: { iccids: ['1'] }, dryRun: true });
    expect(commonBody('suspend', fleet, draft, true)).toEqual({ select: { filter: {} }, dryRun: true });
  });

  it('sends the typed number for a termination and for the whole fleet alone', () => {
    const draft = { ...emptyActionDraft, confirm: '212' };
    expect(commonBody('suspend', fleet, draft, false)).toEqual({ select: { filter: {} }, confirm: 212 });
    expect(commonBody('terminate', chosen, draft, false)).toEqual({ select: { iccids: ['1'] }, confirm: 212 });
    expect(commonBody('suspend', chosen, draft, false)).toEqual({ select: { iccids: ['1'] } });
  });

  it('does not start at a time that has passed', () => {
    const startAt = { date: '2026-12-01', time: '08:00' };
    expect(isPast({ startAt }, new Date(2026, 11, 1, 7, 59))).toBe(false);
    expect(isPast({ startAt }, new Date(2026, 11, 1, 8, 0))).toBe(true);
    expect(isPast({ startAt: undefined }, new Date())).toBe(false);
  });

  it('is offered for the next morning', () => {
    expect(nextMorning(new Date(2026, 11, 31, 23, 59))).toEqual({ date: '2027-01-01', time: '08:00' });
    expect(nextMorning(new Date(2026, 7, 8, 0, 1))).toEqual({ date: '2026-08-09', time: '08:00' });
  });

  it('starts at the time of the viewer’s zone', () => {
    expect(effectiveAtOf({ startAt: { date: '2026-12-01', time: '08:30' } })).toBe(
      new Date(2026, 11, 1, 8, 30).toISOString(),
    );
    expect(effectiveAtOf({ startAt: { date: '', time: '' } })).toBeUndefined();
  });
});
