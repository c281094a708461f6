import * as z from 'zod/mini';
import { described } from '../domain/described.ts';
import { operatorIdSchema } from '../domain/operator.ts';
import { type Order, type OrderEvent, orderStates } from '../domain/order.ts';
import { planSchema, planStages } from '../domain/plan.ts';
import { address, contact, date, failure, id, namedSchema, showAs, stamps, time } from './fields.ts';

export const orderSchema = namedSchema('Order', () =>
  z.object({
    id,
    operatorId: operatorIdSchema,
    quantity: z.int(),
    receivedQuantity: z.int(),
    state: z.enum(orderStates),
    reference: z.optional(z.string()),
    productId: described(z.optional(z.string()), 'Absent on orders that were placed before products were introduced.'),
    deliveryAddress: address,
    contact: z.optional(contact),
    operatorReference: z.optional(z.string()),
    trackingReference: z.optional(z.string()),
    carrier: z.optional(z.string()),
    requestedDeliveryDate: z.optional(date),
    cancelRequestedBy: described(
      z.optional(z.string()),
      'Who requested the cancellation, while the operator decides on it.',
    ),
    estimatedDelivery: z.object({ earliest: date, latest: date }),
    plan: z.optional(planSchema),
    progress: z.object({
      received: z.int(),
      migrated: z.int(),
      assigned: z.int(),
      activated: described(z.int(), 'SIMs that the plan has activated or put into test status.'),
      failed: z.int(),
    }),
    operations: z.array(z.object({ stage: z.enum(planStages), operationId: z.string() })),
    failure: z.optional(failure),
    ...stamps,
  }),
);

/** An order with the id of its partner, for the platform. */
export const partnerOrderSchema = namedSchema('PartnerOrder', () =>
  z.extend(orderSchema._zod.innerType, { partnerId: z.string() }),
);

export const showOrder = (order: Order) => showAs(orderSchema, order);

export const showPartnerOrder = (partnerId: string, order: Order) =>
  showAs(partnerOrderSchema, { ...showOrder(order), partnerId });

export const orderEventSchema = namedSchema('OrderEvent', () =>
  z.object({
    at: time,
    type: z.string(),
    from: z.optional(z.enum(orderStates)),
    to: z.optional(z.enum(orderStates)),
    actor: described(z.string(), 'The `sub` of a user, the id of an operator, or `system`.'),
    detail: z.optional(z.string()),
  }),
);

export const showOrderEvent = (event: OrderEvent) => showAs(orderEventSchema, event);
