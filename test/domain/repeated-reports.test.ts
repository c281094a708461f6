import { describe, expect, test } from '@jest/globals';
import type { Order, OrderStep } from '../../domain/order.ts';
import {
  markCancellationAnswered,
  markManuallyDelivered,
  markManuallyDispatched,
  markOrderAccepted,
  markOrderRejected,
  requestOrderCancellation,
} from '../../domain/order-steps.ts';
import {
  isKnownAcceptance,
  isKnownCancellationOutcome,
  isKnownDelivery,
  isKnownDispatch,
  isKnownRejection,
} from '../../domain/repeated-reports.ts';
import { anOrder, NOW } from './builders.ts';

function stepped(step: OrderStep | undefined): Order {
  if (!step) {
    throw new Error('The order did not take the step.');
  }
  return step.order;
}

const submitted = anOrder({ ordering: 'manual' }).submitted();
const accepted = stepped(markOrderAccepted(submitted, 'PM-1', NOW, '2026-03-09'));
const dispatched = stepped(markManuallyDispatched(accepted, { trackingReference: 'P-9', carrier: 'DHL' }, NOW));
const delivered = stepped(markManuallyDelivered(dispatched, () => 'op_1', NOW));
const rejected = stepped(markOrderRejected(submitted, 'Out of stock.', NOW));
const requested = stepped(requestOrderCancellation(accepted, 'ada', NOW, 'tsk_1'));

describe('a report that the order was accepted', () => {
  const report = { operatorReference: 'PM-1', expectedDelivery: '2026-03-09' };

  test('is known from the acceptance on', () => {
    expect([submitted, accepted, dispatched, delivered].map((order) => isKnownAcceptance(order, report))).toEqual([
      false,
      true,
      true,
      true,
    ]);
  });

  test('may leave out the day of delivery', () => {
    expect(isKnownAcceptance(accepted, { operatorReference: 'PM-1' })).toBe(true);
  });

  test.each([{ operatorReference: 'PM-2' }, { operatorReference: 'PM-1', expectedDelivery: '2026-03-10' }])(
    'is not known with other facts: %j',
    (other) => {
      expect(isKnownAcceptance(accepted, other)).toBe(false);
    },
  );

  test('is not known once the order has been cancelled', () => {
    const cancelled = stepped(markCancellationAnswered(requested, { outcome: 'cancelled' }, NOW));
    expect(isKnownAcceptance(cancelled, report)).toBe(false);
  });
});

describe('a report that the order was rejected', () => {
  test('is known with the same reason only', () => {
    expect(isKnownRejection(rejected, 'Out of stock.')).toBe(true);
    expect(isKnownRejection(rejected, 'Discontinued.')).toBe(false);
    expect(isKnownRejection(submitted, 'Out of stock.')).toBe(false);
  });
});

describe('a report that the order was dispatched', () => {
  test.each([{}, { carrier: 'DHL' }, { trackingReference: 'P-9', carrier: 'DHL' }])(
    'is known when the order shows what it states: %j',
    (report) => {
      expect(isKnownDispatch(dispatched, report)).toBe(true);
      expect(isKnownDispatch(delivered, report)).toBe(true);
      expect(isKnownDispatch(accepted, report)).toBe(false);
    },
  );

  test.each([{ trackingReference: 'P-8' }, { carrier: 'UPS' }])('is not known with other facts: %j', (report) => {
    expect(isKnownDispatch(dispatched, report)).toBe(false);
  });
});

describe('a report that the order was delivered', () => {
  test('is known from the delivery on', () => {
    expect([accepted, dispatched, delivered, rejected].map(isKnownDelivery)).toEqual([false, false, true, false]);
  });
});

describe('an answer to a cancellation', () => {
  const packed = { outcome: 'refused', reason: 'The parcel is packed.' } as const;
  const refused = stepped(markCancellationAnswered(requested, packed, NOW));

  test('is known until the partner asks again', () => {
    expect(isKnownCancellationOutcome(requested, packed)).toBe(false);
    expect(isKnownCancellationOutcome(refused, packed)).toBe(true);
    const requestedAgain = stepped(requestOrderCancellation(refused, 'ada', NOW, 'tsk_2'));
    expect(isKnownCancellationOutcome(requestedAgain, packed)).toBe(false);
  });

  test.each([{ outcome: 'refused' }, { outcome: 'refused', reason: 'Too late.' }, { outcome: 'cancelled' }] as const)(
    'is not known with other facts: %j',
    (other) => {
      expect(isKnownCancellationOutcome(refused, other)).toBe(false);
    },
  );

  test('is known after the order was cancelled', () => {
    const cancelled = stepped(markCancellationAnswered(requested, { outcome: 'cancelled' }, NOW));
    expect(isKnownCancellationOutcome(cancelled, { outcome: 'cancelled' })).toBe(true);
  });

  test('is not known of an order that the partner cancelled before it was accepted', () => {
    expect(isKnownCancellationOutcome({ ...submitted, state: 'cancelled' }, { outcome: 'cancelled' })).toBe(false);
  });
});
