import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { OperationId } from '../../domain/ids.ts';
import type { OperatorOrderStatus } from '../../domain/operator-port.ts';
import {
  awaitsStaff,
  cancelProblem,
  hoursBeyondLeadTime,
  isFinished,
  isUnconfirmed,
  isWithOperator,
  noProgress,
  type Order,
  type OrderEvent,
  type OrderState,
  type OrderStep,
  orderStates,
  planChangeProblem,
} from '../../domain/order.ts';
import {
  advanceOrder,
  markOrderAccepted,
  markOrderCancelled,
  markOrderDelivered,
  markOrderFailed,
  markOrderFulfilled,
  markOrderRejected,
  markOrderResumed,
  markOrderSent,
  markOutcomeUnknown,
  requestOrderCancellation,
  setPlan,
  withMonotonicTime,
} from '../../domain/order-steps.ts';
import { anOrder, LONG_AGO, migrateOnly, NOW, wholePlan } from './builders.ts';

/** An order's way to the partner, in order; the other states are off it. */
const way: readonly OrderState[] = ['submitted', 'accepted', 'processing', 'dispatched', 'delivered', 'fulfilled'];
const offTheWay = ['cancelled', 'rejected', 'failed'] as const;

const placeOnWay = (state: OrderState) => way.indexOf(state);

/** The step, where there must be one. */
function taken(step: OrderStep | undefined): OrderStep {
  if (!step) {
    throw new Error('Nothing came of it.');
  }
  return step;
}

/** Ids for the operations of an order's stages: `op_1`, `op_2`... */
function operationIds(): () => OperationId {
  let count = 0;
  return () => {
    count += 1;
    return `op_${count}`;
  };
}

const statesIn = (events: readonly OrderEvent[]) => events.flatMap(({ to }) => (to === undefined ? [] : [to]));

describe('the life of an order', () => {
  test('goes from submitted to fulfilled', () => {
    let order = anOrder({ plan: wholePlan }).submitted();
    const timeline: OrderEvent[] = [];
    const take = (step: OrderStep | undefined) => {
      const { order: next, events } = taken(step);
      order = next;
      timeline.push(...events);
    };
    take(markOrderAccepted(order, '3UK-77', NOW));
    take(advanceOrder(order, { status: 'processing' }, NOW));
    take(advanceOrder(order, { status: 'dispatched', trackingReference: 'PARCEL-1' }, NOW));
    take(advanceOrder(order, { status: 'delivered', deliveredQuantity: 50 }, NOW));
    take(markOrderDelivered(order, 50, operationIds(), NOW));
    take(markOrderFulfilled(order, NOW));

    expect(statesIn(timeline)).toEqual(way.slice(1));
    expect(timeline.map(({ type }) => type)).toEqual([
      'order.accepted',
      'order.processing',
      'order.dispatched',
      'order.arrived',
      'order.delivered',
      'order.fulfilled',
    ]);
    expect(order).toMatchObject({
      state: 'fulfilled',
      operatorReference: '3UK-77',
      trackingReference: 'PARCEL-1',
      receivedQuantity: 50,
      updatedAt: NOW,
    });
  });

  test('ends in delivered when there is no plan', () => {
    const { order } = taken(markOrderDelivered(anOrder().arrived(), 50, operationIds(), NOW));
    expect(order).toMatchObject({ state: 'delivered', operations: [] });
    expect(isFinished(order)).toBe(true);
    expect(markOrderFulfilled(order, NOW)).toBeUndefined();
  });

  test('continues after delivered with a plan, with an operation for each of its stages', () => {
    const { order } = taken(markOrderDelivered(anOrder({ plan: wholePlan }).arrived(), 50, operationIds(), NOW));
    expect(order.operations).toEqual([
      { stage: 'migrate', operationId: 'op_1' },
      { stage: 'assign', operationId: 'op_2' },
      { stage: 'activate', operationId: 'op_3' },
    ]);
    expect(isFinished(order)).toBe(false);
  });

  test.each([...way.slice(0, 4)])('is not finished when %s', (state) => {
    expect(isFinished(anOrder().in(state))).toBe(false);
  });

  test.each(['fulfilled', ...offTheWay] as const)('is finished when %s', (state) => {
    expect(isFinished(anOrder().in(state))).toBe(true);
  });
});

describe('the operator’s first answer', () => {
  test('accepts a submitted order', () => {
    const { order, events } = taken(markOrderAccepted(anOrder().submitted(), '3UK-77', NOW));
    expect(order).toEqual({
      ...anOrder().submitted(),
      state: 'accepted',
      operatorReference: '3UK-77',
      updatedAt: NOW,
      version: 4,
    });
    expect(events).toEqual([{ at: NOW, type: 'order.accepted', from: 'submitted', to: 'accepted', actor: '3uk' }]);
  });

  test.each(orderStates.filter((state) => state !== 'submitted'))('has no effect on an order that is %s', (state) => {
    expect(markOrderAccepted(anOrder().in(state), '3UK-78', NOW)).toBeUndefined();
  });

  test.each(['submitted', 'accepted', 'processing'] as const)('may reject an order that is %s', (state) => {
    const { order, events } = taken(markOrderRejected(anOrder().in(state), 'Out of cards.', NOW));
    expect(order).toMatchObject({
      state: 'rejected',
      failure: { code: 'operator_rejected', detail: 'Out of cards.' },
    });
    expect(events).toEqual([
      { at: NOW, type: 'order.rejected', from: state, to: 'rejected', actor: '3uk', detail: 'Out of cards.' },
    ]);
  });

  test.each(['dispatched', 'delivered', 'fulfilled', ...offTheWay] as const)(
    'cannot reject an order that is %s',
    (state) => {
      expect(markOrderRejected(anOrder().in(state), 'Out of cards.', NOW)).toBeUndefined();
    },
  );
});

describe('an order to an operator that cannot recognise a repeated submission', () => {
  const submitted = anOrder().submitted();

  test('is sent once, and not while its cancellation is in progress', () => {
    const { order: sent, events } = taken(markOrderSent(submitted, NOW));
    expect({ sent, events }).toMatchObject({ sent: { state: 'submitted', sentAt: NOW }, events: [] });
    expect(isUnconfirmed(sent)).toBe(true);
    expect(markOrderSent(sent, NOW)).toBeUndefined();
    expect(markOrderSent(taken(requestOrderCancellation(submitted, 'ada', NOW)).order, NOW)).toBeUndefined();
    expect(isUnconfirmed(taken(markOrderAccepted(sent, 'REQ1', NOW)).order)).toBe(false);
  });

  test('waits for the staff while its outcome is unknown, and for the operator once they have accepted it', () => {
    const { order, events } = taken(markOutcomeUnknown(submitted, NOW));
    expect(events).toMatchObject([{ type: 'order.unconfirmed', actor: 'system' }]);
    expect([awaitsStaff(submitted), awaitsStaff(order)]).toEqual([false, true]);
    expect([isWithOperator(submitted), isWithOperator(order)]).toEqual([false, true]);
    expect(markOutcomeUnknown(order, NOW)).toBeUndefined();
    const { order: accepted } = taken(markOrderAccepted(order, 'REQ1', NOW));
    expect({ awaitsStaff: awaitsStaff(accepted), isWithOperator: isWithOperator(accepted) }).toEqual({
      awaitsStaff: false,
      isWithOperator: true,
    });
  });
});

describe('the operator’s answers', () => {
  test.each([
    // order       answer        leads to
    ['accepted', 'accepted', undefined],
    ['accepted', 'processing', 'processing'],
    ['accepted', 'dispatched', 'dispatched'],
    ['accepted', 'rejected', 'rejected'],
    ['accepted', 'cancelled', 'cancelled'],
    ['processing', 'accepted', undefined],
    ['processing', 'processing', undefined],
    ['processing', 'dispatched', 'dispatched'],
    ['processing', 'rejected', 'rejected'],
    ['processing', 'cancelled', 'cancelled'],
    ['dispatched', 'accepted', undefined],
    ['dispatched', 'processing', undefined],
    ['dispatched', 'dispatched', undefined],
    ['dispatched', 'rejected', undefined],
    ['dispatched', 'cancelled', undefined],
  ] as const)('to an order that is %s: "%s" leads to %s', (state, status, to) => {
    expect(advanceOrder(anOrder().in(state), { status }, NOW)?.order.state).toBe(to);
  });

  test.each(['accepted', 'processing', 'dispatched'] as const)(
    '"delivered" of an order that is %s means that its SIMs can be received, not that they have been',
    (state) => {
      const { order, events } = taken(advanceOrder(anOrder().in(state), { status: 'delivered' }, NOW));
      expect(order).toMatchObject({ state: 'dispatched', arrivedAt: NOW, receivedQuantity: 0 });
      expect(events.at(-1)).toEqual({ at: NOW, type: 'order.arrived', actor: '3uk' });
      expect(statesIn(events)).toEqual(state === 'dispatched' ? [] : ['dispatched']);
    },
  );

  test.each(['accepted', 'processing', 'dispatched', 'delivered', 'rejected', 'cancelled'] as const)(
    '"%s" is not news once the SIMs are there, nor for an order that is not with the operator',
    (status) => {
      const notWaiting = [
        anOrder().arrived(),
        ...(['submitted', 'delivered', 'fulfilled', ...offTheWay] as const).map(anOrder().in),
      ];
      for (const order of notWaiting) {
        expect(isWithOperator(order)).toBe(false);
        expect(advanceOrder(order, { status }, NOW)).toBeUndefined();
      }
    },
  );

  test('contain the tracking reference, and a later one without it keeps it', () => {
    const dispatched = taken(
      advanceOrder(anOrder().accepted(), { status: 'dispatched', trackingReference: 'PARCEL-1' }, NOW),
    ).order;
    expect(dispatched.trackingReference).toBe('PARCEL-1');
    expect(taken(advanceOrder(dispatched, { status: 'delivered' }, NOW)).order.trackingReference).toBe('PARCEL-1');
  });

  test('contain the reason of a rejection or cancellation, if given', () => {
    const order = anOrder().processing();
    expect(taken(advanceOrder(order, { status: 'rejected' }, NOW)).order.failure).toEqual({
      code: 'operator_rejected',
      detail: 'The operator gave no reason.',
    });
    const reason = 'The address is unknown.';
    expect(taken(advanceOrder(order, { status: 'rejected', reason }, NOW)).order.failure?.detail).toBe(reason);
    expect(taken(advanceOrder(order, { status: 'cancelled', reason }, NOW)).events).toEqual([
      { at: NOW, type: 'order.cancelled', from: 'processing', to: 'cancelled', actor: '3uk', detail: reason },
    ]);
  });
});

describe('delivery', () => {
  test('of the whole order has no shortfall', () => {
    const { order, events } = taken(markOrderDelivered(anOrder().arrived(), 50, operationIds(), NOW));
    expect(order.receivedQuantity).toBe(50);
    expect(events.map(({ type }) => type)).toEqual(['order.delivered']);
  });

  test('of fewer SIMs is a delivery with a shortfall', () => {
    const { order, events } = taken(markOrderDelivered(anOrder().arrived(), 47, operationIds(), NOW));
    expect(order).toMatchObject({ state: 'delivered', receivedQuantity: 47 });
    expect(order).not.toHaveProperty('failure');
    expect(events.slice(1)).toEqual([
      {
        at: NOW,
        type: 'order.shortfall',
        actor: '3uk',
        detail: '47 of 50 SIMs were delivered. 3 are missing.',
      },
    ]);
  });

  test('has an operation for the stages that the plan has, and no others', () => {
    const { order } = taken(markOrderDelivered(anOrder({ plan: migrateOnly }).arrived(), 50, operationIds(), NOW));
    expect(order.operations).toEqual([{ stage: 'migrate', operationId: 'op_1' }]);
  });

  test.each(orderStates.filter((state) => state !== 'dispatched'))('cannot be of an order that is %s', (state) => {
    expect(markOrderDelivered(anOrder().in(state), 50, operationIds(), NOW)).toBeUndefined();
  });
});

describe('fulfilment', () => {
  const carriedOut = (failed: number) =>
    anOrder({
      plan: migrateOnly,
      operations: [{ stage: 'migrate', operationId: 'op_1' }],
      progress: { received: 50, migrated: 50 - failed, assigned: 0, activated: 0, failed },
    });

  test.each([
    [0, undefined],
    [1, '1 SIM could not complete the plan.'],
    [3, '3 SIMs could not complete the plan.'],
  ])('with %d failed SIMs has the data %j', (failed, detail) => {
    const { order, events } = taken(markOrderFulfilled(carriedOut(failed).delivered(), NOW));
    expect(order.state).toBe('fulfilled');
    expect(events).toHaveLength(1);
    expect(events[0]?.detail).toBe(detail);
  });

  test.each(orderStates.filter((state) => state !== 'delivered'))('cannot be of an order that is %s', (state) => {
    expect(markOrderFulfilled(carriedOut(0).in(state), NOW)).toBeUndefined();
  });
});

describe('cancelling an order', () => {
  test.each(['submitted', 'accepted', 'processing'] as const)('that is %s is possible', (state) => {
    expect(cancelProblem({ state, progress: noProgress })).toBeUndefined();
    const { order, events } = taken(markOrderCancelled(anOrder().in(state), 'ann', NOW));
    expect(order).toEqual({ ...anOrder().in(state), state: 'cancelled', updatedAt: NOW, version: 4 });
    expect(events).toEqual([{ at: NOW, type: 'order.cancelled', from: state, to: 'cancelled', actor: 'ann' }]);
  });

  test.each(['dispatched', 'delivered', 'fulfilled', ...offTheWay] as const)('that is %s is not', (state) => {
    expect(cancelProblem({ state, progress: noProgress })).toMatchObject({
      code: 'wrong_state',
      detail: expect.stringContaining(state),
    });
    expect(markOrderCancelled(anOrder().in(state), 'ann', NOW)).toBeUndefined();
  });
});

describe('a step that started before another one but is saved after it', () => {
  const polled = anOrder({ updatedAt: NOW }).in('processing');

  test('is never dated before it, so that the timeline stays in order', () => {
    const step = markOrderCancelled(polled, 'nora', LONG_AGO);
    const later = step && withMonotonicTime(polled, step);
    expect(later?.order.updatedAt).toBe(NOW);
    expect(later?.events.map(({ at }) => at)).toEqual([NOW]);
  });

  test('keeps its time when no step precedes it', () => {
    const order = anOrder().in('processing');
    const step = markOrderCancelled(order, 'nora', NOW);
    expect(step && withMonotonicTime(order, step)).toEqual(step);
  });
});

describe('the plan of an order', () => {
  test.each(['submitted', 'accepted', 'processing', 'dispatched'] as const)('can change while it is %s', (state) => {
    expect(planChangeProblem({ state })).toBeUndefined();
  });

  test('can change until the SIMs have been received, even after their arrival', () => {
    expect(planChangeProblem(anOrder().arrived())).toBeUndefined();
  });

  test.each(['delivered', 'fulfilled', ...offTheWay] as const)('cannot change when it is %s', (state) => {
    expect(planChangeProblem({ state })?.code).toBe('wrong_state');
  });

  test('is set, replaced and removed, and the timeline names the actor', () => {
    const planned = setPlan(anOrder().accepted(), migrateOnly, 'ann', NOW);
    expect(planned.order).toEqual({ ...anOrder().accepted(), plan: migrateOnly, updatedAt: NOW, version: 4 });
    expect(planned.events).toEqual([{ at: NOW, type: 'order.plan_set', actor: 'ann' }]);

    const replaced = setPlan(planned.order, wholePlan, 'ben', NOW);
    expect(replaced.order.plan).toEqual(wholePlan);

    const bare = setPlan(replaced.order, undefined, 'ann', NOW);
    expect(bare.order).not.toHaveProperty('plan');
    expect(bare.events).toEqual([{ at: NOW, type: 'order.plan_removed', actor: 'ann' }]);
  });
});

describe('an order that fails', () => {
  const failure = { code: 'operator_unavailable', detail: '3UK has not answered for 90 days.' };
  const unfinished = [
    anOrder().submitted(),
    anOrder().accepted(),
    anOrder().processing(),
    anOrder().dispatched(),
    anOrder().arrived(),
    anOrder({ plan: migrateOnly, operations: [{ stage: 'migrate', operationId: 'op_1' }] }).delivered(),
  ];

  test.each(unfinished.map((order) => [order.state, order] as const))(
    'when %s is resumed to what it was, without its failure',
    (state, order) => {
      const failed = taken(markOrderFailed(order, failure, NOW));
      expect(failed.order).toMatchObject({ state: 'failed', failure });
      expect(failed.events).toEqual([
        { at: NOW, type: 'order.failed', from: state, to: 'failed', actor: 'system', detail: failure.detail },
      ]);

      const resumed = taken(markOrderResumed(failed.order, 'ann', NOW));
      expect(resumed.order).toEqual({ ...order, updatedAt: NOW, version: order.version + 2 });
      expect(resumed.events).toEqual([{ at: NOW, type: 'order.resumed', from: 'failed', to: state, actor: 'ann' }]);
    },
  );

  test.each(['delivered', 'fulfilled', ...offTheWay] as const)('was not finished before: %s is', (state) => {
    expect(markOrderFailed(anOrder().in(state), failure, NOW)).toBeUndefined();
  });

  test.each(orderStates.filter((state) => state !== 'failed'))('can be resumed, unlike one that is %s', (state) => {
    expect(markOrderResumed(anOrder().in(state), 'ann', NOW)).toBeUndefined();
  });
});

/*
 * Whatever the operator says, and when: answers come late, twice and out of order, and between them the partner and the
 * workflow do what they do, also twice.
 */
const answer: fc.Arbitrary<OperatorOrderStatus> = fc.record(
  {
    status: fc.constantFrom('accepted', 'processing', 'dispatched', 'delivered', 'rejected', 'cancelled'),
    trackingReference: fc.constantFrom('PARCEL-1', 'PARCEL-2'),
    reason: fc.constant('Out of cards.'),
  },
  { requiredKeys: ['status'] },
);

type Happening = { description: string; to: (order: Order) => OrderStep | undefined };

const happening = fc.oneof(
  {
    weight: 10,
    arbitrary: answer.map(
      (said): Happening => ({ description: JSON.stringify(said), to: (order) => advanceOrder(order, said, NOW) }),
    ),
  },
  {
    weight: 10,
    arbitrary: fc.constantFrom<Happening>(
      { description: 'accept', to: (order) => markOrderAccepted(order, '3UK-77', NOW) },
      { description: 'accept', to: (order) => markOrderAccepted(order, '3UK-77', NOW) },
      { description: 'reject', to: (order) => markOrderRejected(order, 'Out of cards.', NOW) },
      {
        description: 'deliver',
        to: (order) => (order.arrivedAt ? markOrderDelivered(order, 47, operationIds(), NOW) : undefined),
      },
      {
        description: 'deliver',
        to: (order) => (order.arrivedAt ? markOrderDelivered(order, 50, operationIds(), NOW) : undefined),
      },
      { description: 'fulfil', to: (order) => markOrderFulfilled(order, NOW) },
      { description: 'cancel', to: (order) => markOrderCancelled(order, 'ann', NOW) },
      {
        description: 'plan',
        to: (order) => (planChangeProblem(order) ? undefined : setPlan(order, migrateOnly, 'ann', NOW)),
      },
      {
        description: 'fail',
        to: (order) => markOrderFailed(order, { code: 'internal_error', detail: 'It broke.' }, NOW),
      },
      { description: 'resume', to: (order) => markOrderResumed(order, 'ann', NOW) },
    ),
  },
);

const history = fc.array(happening, { maxLength: 40, size: 'max' });

function* live(happenings: readonly Happening[]): Generator<{ before: Order; step: OrderStep; description: string }> {
  let order = anOrder().submitted();
  for (const { description, to } of happenings) {
    const step = to(order);
    if (step) {
      yield { before: order, step, description };
      order = step.order;
    }
  }
}

function always(check: (step: { before: Order; step: OrderStep; description: string }) => void): void {
  fc.assert(
    fc.property(history, (happenings) => {
      for (const step of live(happenings)) {
        check(step);
      }
    }),
    { numRuns: 120 },
  );
}

describe('whatever the operator answers: late, twice and out of order', () => {
  test('an order never moves backwards, even with failures and resumptions', () => {
    fc.assert(
      fc.property(history, (happenings) => {
        let furthest = 0;
        for (const { step } of live(happenings)) {
          const place = placeOnWay(step.order.state);
          if (place >= 0) {
            expect(place).toBeGreaterThanOrEqual(furthest);
            furthest = place;
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test('fulfilled, cancelled and rejected orders keep their state', () => {
    always(({ before }) => expect(['fulfilled', 'cancelled', 'rejected']).not.toContain(before.state));
  });

  test('no order is cancelled or rejected after its dispatch', () => {
    always(({ before, step }) => {
      if (['cancelled', 'rejected'].includes(step.order.state)) {
        expect(['submitted', 'accepted', 'processing']).toContain(before.state);
      }
    });
  });

  test('the timeline has each change of state exactly once, as a chain', () => {
    always(({ before, step: { order, events } }) => {
      const changes = events.filter(({ from, to }) => from !== undefined || to !== undefined);
      expect(changes.map(({ from, to }) => [from, to])).toEqual(
        before.state === order.state ? [] : [[before.state, order.state]],
      );
    });
  });

  test('each step has an event and increments the version', () => {
    always(({ before, step: { order, events } }) => {
      expect(events.length).toBeGreaterThan(0);
      expect(order.version).toBe(before.version + 1);
      expect(order.updatedAt).toBe(NOW);
      expect(order.createdAt).toBe(LONG_AGO);
    });
  });

  test('the SIMs arrive once', () => {
    fc.assert(
      fc.property(history, (happenings) => {
        const arrivals = [...live(happenings)].flatMap(({ step }) =>
          step.events.filter(({ type }) => type === 'order.arrived'),
        );
        expect(arrivals.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 120 },
    );
  });

  test('a repeated answer changes the order once', () => {
    fc.assert(
      fc.property(history, answer, (happenings, said) => {
        const [last] = [...live(happenings)].slice(-1);
        fc.pre(last !== undefined);
        const once = advanceOrder(last.step.order, said, NOW);
        fc.pre(once !== undefined);
        expect(advanceOrder(once.order, said, NOW)).toBeUndefined();
      }),
    );
  });

  test('a failure is present exactly while the order is failed or rejected', () => {
    always(({ step: { order } }) => {
      expect(order.failure !== undefined).toBe(['failed', 'rejected'].includes(order.state));
      expect(order.failedFrom !== undefined).toBe(order.state === 'failed');
    });
  });

  test('every state is reached by some history', () => {
    const reached = new Set<OrderState>(['submitted']);
    fc.assert(
      fc.property(history, (happenings) => {
        for (const { step } of live(happenings)) {
          reached.add(step.order.state);
        }
      }),
      { numRuns: 250, seed: 7 },
    );
    expect([...reached].sort()).toEqual([...orderStates].sort());
  });
});

describe('the lead time of an order', () => {
  const { estimatedDelivery } = anOrder({
    estimatedDelivery: { earliest: '2026-03-05', latest: '2026-03-09' },
  }).accepted();
  const beyond = (now: string) => hoursBeyondLeadTime({ estimatedDelivery }, new Date(now));

  test('ends with its last day, and hours beyond it are counted from there', () => {
    expect(beyond('2026-03-02T10:30:00.000Z')).toBe(0);
    expect(beyond('2026-03-09T23:59:59.999Z')).toBe(0);
    expect(beyond('2026-03-10T00:30:00.000Z')).toBe(0.5);
    expect(beyond('2026-03-12T00:00:00.000Z')).toBe(48);
  });

  test('extends to the day that the partner requested, if that is later', () => {
    const now = new Date('2026-03-12T00:00:00.000Z');
    expect(hoursBeyondLeadTime({ estimatedDelivery, requestedDeliveryDate: '2026-03-11' }, now)).toBe(0);
    expect(hoursBeyondLeadTime({ estimatedDelivery, requestedDeliveryDate: '2026-03-06' }, now)).toBe(48);
  });
});
