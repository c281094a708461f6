import { describe, expect, it } from '@jest/globals';
import { canPreview, commonBody, effectiveAtOf, emptyActionDraft, hasTargets, isConfirmed } from './action-draft.ts';
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
    expect(isConfirmed('terminate', chosen, emptyActionDraft)).toBe(false);
    expect(isConfirmed('terminate', chosen, { ...emptyActionDraft, confirm: '2' })).toBe(false);
    expect(isConfirmed('terminate', chosen, { ...emptyActionDraft, confirm: '1' })).toBe(true);
    expect(isConfirmed('suspend', chosen, emptyActionDraft)).toBe(true);
  });

  it('can be checked before it is confirmed, except a termination of unknown SIMs', () => {
    expect(canPreview('terminate', chosen, emptyActionDraft)).toBe(true);
    expect(canPreview('suspend', fleet, emptyActionDraft)).toBe(true);
    expect(canPreview('terminate', fleet, emptyActionDraft)).toBe(false);
    expect(canPreview('terminate', fleet, { ...emptyActionDraft, confirm: '7' })).toBe(true);
  });
});

describe('the request', () => {
  it('of a dry run sends the number of chosen SIMs for a termination, and never a time', () => {
    const draft = { ...emptyActionDraft, startAt: { date: '2026-12-01', time: '08:00' } };
    expect(commonBody('terminate', chosen, draft, true)).toEqual({
      select: { iccids: ['1'] },
      dryRun: true,
      confirm: 1,
    });
  });

  it('sends the typed number for the whole fleet, except with a dry run', () => {
    const draft = { ...emptyActionDraft, confirm: '212' };
    expect(commonBody('suspend', fleet, draft, false)).toEqual({ select: { filter: {} }, confirm: 212 });
    expect(commonBody('suspend', fleet, draft, true)).toEqual({ select: { filter: {} }, dryRun: true });
  });

  it('starts at the time of the viewer’s zone', () => {
    expect(effectiveAtOf({ startAt: { date: '2026-12-01', time: '08:30' } })).toBe(
      new Date(2026, 11, 1, 8, 30).toISOString(),
    );
    expect(effectiveAtOf({ startAt: { date: '', time: '' } })).toBeUndefined();
  });
});
