import { describe, expect, it } from '@jest/globals';
import { type Draft, emptyDraft, missingIn, quantityOf, stepOf, toOrderRequest, withOperator } from './draft.ts';
import { emptyPlan } from './plan-draft.ts';

const draft: Draft = { ...emptyDraft, operatorId: '3uk', productId: 'triple', quantity: '50' };

const address = { name: 'Depot', lines: '1 Dock Road\n', city: 'London', postalCode: 'E16 1AA', country: 'gb' };

describe('a quantity', () => {
  it('is a whole number above 0', () => {
    expect(['50', ' 100 ', '0', '-5', '1.5', 'fifty', '', '1e3'].map((quantity) => quantityOf({ quantity }))).toEqual([
      50,
      100,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('a step', () => {
  it('lacks the operator and the quantity at first', () => {
    expect(missingIn('sims', emptyDraft)).toEqual(['operator', 'quantity']);
    expect(missingIn('sims', draft)).toEqual([]);
  });

  it('lacks an address only if another one than the partner’s own was chosen', () => {
    expect(missingIn('address', draft)).toEqual([]);
    expect(missingIn('address', { ...draft, address: { ...address, city: ' ' } })).toEqual(['address']);
    expect(missingIn('address', { ...draft, address })).toEqual([]);
  });

  it('lacks the services of a plan', () => {
    expect(missingIn('plan', draft)).toEqual([]);
    expect(missingIn('plan', { ...draft, plan: emptyPlan })).toEqual(['partnerService']);
    const plan = { ...emptyPlan, partnerServiceId: 'psv_1', customerId: 'cus_1' };
    expect(missingIn('plan', { ...draft, plan })).toEqual(['customerService']);
    expect(missingIn('plan', { ...draft, plan: { ...plan, customerServiceId: 'csv_1' } })).toEqual([]);
  });
});

describe('the request', () => {
  it('leaves out what the API fills in', () => {
    expect(toOrderRequest(draft)).toEqual({ operatorId: '3uk', productId: 'triple', quantity: 50 });
  });

  it('has the whole plan', () => {
    const plan = { partnerServiceId: 'psv_1', customerId: 'cus_1', customerServiceId: 'csv_1', activate: true };
    expect(toOrderRequest({ ...draft, plan }).plan).toEqual(plan);
    expect(toOrderRequest({ ...draft, plan: { ...plan, activate: false } }).plan).not.toHaveProperty('activate');
  });

  it('has no empty lines of an address', () => {
    expect(toOrderRequest({ ...draft, address }).deliveryAddress).toMatchObject({
      lines: ['1 Dock Road'],
      country: 'GB',
    });
  });
});

it('finds the step of a field that the API refuses', () => {
  expect(['/quantity', '/deliveryAddress/country', '/plan/activate'].map(stepOf)).toEqual(['sims', 'address', 'plan']);
});

it('forgets the services of a plan with the operator, and keeps its customer', () => {
  const plan = { partnerServiceId: 'psv_1', customerId: 'cus_1', customerServiceId: 'csv_1', activate: true };
  expect(withOperator({ ...draft, plan }, 'orange', 'mff2')).toMatchObject({
    operatorId: 'orange',
    productId: 'mff2',
    plan: { partnerServiceId: '', customerId: 'cus_1', customerServiceId: '' },
  });
});
