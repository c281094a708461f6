import { describe, expect, it } from '@jest/globals';
import { emptyPlan, isSamePlan, missingInPlan, toPlan, toPlanDraft } from './plan-draft.ts';

const whole = { partnerServiceId: 'psv_1', customerId: 'cus_1', customerServiceId: 'csv_1' };

describe('a plan', () => {
  it('lacks the services that are not chosen', () => {
    expect(missingInPlan(emptyPlan)).toEqual(['partnerService']);
    expect(missingInPlan({ ...emptyPlan, partnerServiceId: 'psv_1' })).toEqual([]);
    expect(missingInPlan({ ...emptyPlan, customerId: 'cus_1' })).toEqual(['partnerService', 'customerService']);
  });

  it.each([
    { ...whole, activate: true },
    { ...whole, activate: 'test' as const },
    whole,
    { partnerServiceId: 'psv_1' },
  ])('is unchanged by a form that changes nothing: %j', (plan) => {
    expect(toPlan(toPlanDraft(plan))).toEqual(plan);
  });

  it('never activates SIMs without a customer', () => {
    expect(toPlan({ ...emptyPlan, partnerServiceId: 'psv_1' })).toEqual({ partnerServiceId: 'psv_1' });
  });
});

it('compares plans by what they do', () => {
  expect(isSamePlan(whole, { ...whole, activate: false })).toBe(true);
  expect(isSamePlan(whole, { ...whole, activate: true })).toBe(false);
  expect(isSamePlan(whole, undefined)).toBe(false);
  expect(isSamePlan(undefined, undefined)).toBe(true);
});
