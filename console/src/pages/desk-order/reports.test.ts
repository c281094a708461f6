import { describe, expect, it } from '@jest/globals';
import { orderStates } from '../../../../domain/order.ts';
import { canLoadSims, reportsOn } from './reports.ts';

const order = (state: (typeof orderStates)[number], received = 0, cancelRequestedBy?: string) => ({
  state,
  progress: { received, migrated: 0, assigned: 0, activated: 0, failed: 0 },
  ...(cancelRequestedBy !== undefined && { cancelRequestedBy }),
});

describe('the reports on a manual order', () => {
  it('begin with the operator’s answer', () => {
    expect(reportsOn(order('submitted'))).toEqual(['accept', 'reject']);
  });

  it('continue with the dispatch and the delivery', () => {
    expect(reportsOn(order('accepted'))).toEqual(['dispatch', 'deliver', 'reject']);
    expect(reportsOn(order('dispatched'))).toEqual(['deliver']);
  });

  it('do not include a rejection once SIMs are loaded', () => {
    expect(reportsOn(order('processing', 1))).toEqual(['dispatch', 'deliver']);
  });

  it('are the answer to a cancellation alone while one is requested', () => {
    expect(reportsOn(order('accepted', 0, 'usr_1'))).toEqual(['cancel']);
    expect(canLoadSims(order('accepted', 0, 'usr_1'))).toBe(false);
  });

  it('end with the delivery', () => {
    const ended = orderStates.filter((state) => reportsOn(order(state)).length === 0);
    expect(ended.sort()).toEqual(['cancelled', 'delivered', 'failed', 'fulfilled', 'rejected']);
  });

  it('let SIM lists be loaded after the acceptance and before the delivery', () => {
    expect(orderStates.filter((state) => canLoadSims(order(state)))).toEqual(['accepted', 'processing', 'dispatched']);
  });
});
