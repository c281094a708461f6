import { expect, it } from '@jest/globals';
import { mayBeCancelled, mayChangePlan } from './order-actions.ts';

const progress = { received: 0, migrated: 0, assigned: 0, activated: 0, failed: 0 };

it('offers another plan until the SIMs have been received', () => {
  const states = ['submitted', 'accepted', 'dispatched', 'delivered', 'fulfilled', 'cancelled', 'failed'] as const;
  expect(states.filter((state) => mayChangePlan({ state }))).toEqual(['submitted', 'accepted', 'dispatched']);
});

it('offers to cancel an order before dispatch, once', () => {
  const states = ['submitted', 'accepted', 'processing', 'dispatched', 'delivered', 'cancelled', 'failed'] as const;
  expect(states.filter((state) => mayBeCancelled({ state, progress }))).toEqual([
    'submitted',
    'accepted',
    'processing',
  ]);
  expect(mayBeCancelled({ state: 'accepted', progress, cancelRequestedBy: 'usr_1' })).toBe(false);
  expect(mayBeCancelled({ state: 'accepted', progress: { ...progress, received: 1 } })).toBe(false);
});
