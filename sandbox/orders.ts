import { createHash } from 'node:crypto';
import * as z from 'zod';
import { workingDaysAfter } from '../domain/calendar.ts';
import { type Operator, seedOperators } from '../domain/operator.ts';
import { DAY_MS, HOUR_MS } from '../domain/time-units.ts';
import type { Behaviour } from './behaviour.ts';
import { BLOCKS, CARDS_IN_A_BLOCK } from './cards.ts';
import type { OperatorId } from './networks.ts';
import { type SimStanding, simStandingSchema } from './sims.ts';

const MAX_ORDER_QUANTITY = CARDS_IN_A_BLOCK;
/** Parcels are delivered in the morning. */
const DELIVERY_HOUR_UTC = 10;

/** An order request of the operator's customer. */
export const orderRequestSchema = z.strictObject({
  quantity: z.int().min(1).max(MAX_ORDER_QUANTITY),
  deliveryAddress: z.strictObject({
    name: z.string().min(1).max(200),
    lines: z.array(z.string().max(200)).min(1).max(6),
    city: z.string().min(1).max(100),
    postalCode: z.string().max(20).optional(),
    country: z.string().regex(/^[A-Z]{2}$/),
  }),
  productId: z.string().max(100).optional(),
  contact: z
    .strictObject({ name: z.string().max(200), email: z.string().max(300), phone: z.string().max(50).optional() })
    .optional(),
  requestedDeliveryDate: z.iso.date().optional(),
});

export type OrderRequest = z.infer<typeof orderRequestSchema>;

const instant = z.number().describe('Milliseconds since 1970, UTC');

/**
 * A stored order: what was decided when it was submitted, and what happened since. Its status is not stored: it follows from these
 * facts and the time.
 */
export const orderSchema = z.strictObject({
  orderId: z.string(),
  request: orderRequestSchema,
  operatorReference: z.string(),
  submittedAt: instant,
  outcome: z.union([
    z.strictObject({ rejected: z.string() }),
    z.strictObject({
      block: z.int(),
      shippedQuantity: z.int(),
      trackingReference: z.string(),
      processingAt: instant,
      dispatchedAt: instant,
      deliveredAt: instant,
    }),
  ]),
  cancelledAt: instant.exactOptional(),
  /** The cards that have changed since delivery, by place in the block. */
  sims: z.array(z.tuple([z.int(), simStandingSchema])).transform((entries) => new Map<number, SimStanding>(entries)),
});

export type Order = z.infer<typeof orderSchema>;

/** The operator's representation of an order. */
export type OrderAnswer = {
  orderId: string;
  operatorReference: string;
  quantity: number;
  status: 'accepted' | 'processing' | 'dispatched' | 'delivered' | 'rejected' | 'cancelled';
  trackingReference?: string;
  deliveredQuantity?: number;
  reason?: string;
};

/** Accepts or rejects an order and schedules its delivery. `takenBlocks` are the number blocks in use. */
export function createSandboxOrder(
  operatorId: OperatorId,
  orderId: string,
  request: OrderRequest,
  context: { now: Date; behaviour: Behaviour; takenBlocks: { has(block: number): boolean; size: number } },
): Order {
  const { now, behaviour, takenBlocks } = context;
  const draw = numberFrom(orderId);
  const base = {
    orderId,
    request,
    operatorReference: `${operatorId.toUpperCase()}-${draw.toString(36).toUpperCase().padStart(7, '0')}`,
    submittedAt: now.getTime(),
    sims: new Map<number, SimStanding>(),
  };
  if (behaviour.rejectOrders) {
    return { ...base, outcome: { rejected: 'The operator does not accept orders for this account' } };
  }
  if (takenBlocks.size >= BLOCKS) {
    return { ...base, outcome: { rejected: 'The operator has no numbers left' } };
  }
  return {
    ...base,
    outcome: {
      block: freeBlock(draw, takenBlocks),
      shippedQuantity: Math.floor(request.quantity * behaviour.shipFraction),
      trackingReference: `TRK${draw.toString().padStart(10, '0')}`,
      ...schedule(operatorId, now, behaviour.leadTimeDays ?? 3 + (draw % 3), draw),
    },
  };
}

/** The order's representation at a time: now, or earlier for an operator that repeats itself. */
export function orderAt(order: Order, at: Date): OrderAnswer {
  const time = at.getTime();
  const { orderId, operatorReference, outcome } = order;
  const base = { orderId, operatorReference, quantity: order.request.quantity };
  if ('rejected' in outcome) {
    return { ...base, status: 'rejected', reason: outcome.rejected };
  }
  if (order.cancelledAt !== undefined && time >= order.cancelledAt) {
    return { ...base, status: 'cancelled', reason: 'Cancelled by the customer' };
  }
  const { trackingReference, shippedQuantity } = outcome;
  if (time >= outcome.deliveredAt) {
    return { ...base, status: 'delivered', trackingReference, deliveredQuantity: shippedQuantity };
  }
  if (time >= outcome.dispatchedAt) {
    return { ...base, status: 'dispatched', trackingReference };
  }
  return { ...base, status: time >= outcome.processingAt ? 'processing' : 'accepted' };
}

/** The times up to now at which the order's status changed, oldest first. */
export function turningPoints(order: Order, now: Date): Date[] {
  const { outcome } = order;
  const moments =
    'rejected' in outcome ? [] : [outcome.processingAt, outcome.dispatchedAt, outcome.deliveredAt, order.cancelledAt];
  return [order.submittedAt, ...moments]
    .filter((moment) => moment !== undefined)
    .filter((moment) => moment <= Math.min(now.getTime(), order.cancelledAt ?? Number.POSITIVE_INFINITY))
    .sort((a, b) => a - b)
    .map((moment) => new Date(moment));
}

/** The block and number of the order's delivered cards; undefined before delivery. */
export function deliveredCards(order: Order, now: Date): { block: number; quantity: number } | undefined {
  const { outcome } = order;
  return 'rejected' in outcome || orderAt(order, now).status !== 'delivered'
    ? undefined
    : { block: outcome.block, quantity: outcome.shippedQuantity };
}

/**
 * Schedules processing, dispatch and delivery: transport takes one to two days, or the second half of a shorter lead time.
 */
function schedule(operatorId: OperatorId, from: Date, leadTimeDays: number, draw: number) {
  const submittedAt = from.getTime();
  const workingDays = Math.floor(leadTimeDays);
  const day =
    workingDays === 0
      ? submittedAt
      : Date.parse(`${workingDaysAfter(calendarOf(operatorId), from, workingDays)}T${DELIVERY_HOUR_UTC}:00:00Z`);
  const deliveredAt = day + (leadTimeDays - workingDays) * DAY_MS;
  const span = deliveredAt - submittedAt;
  const transportMs = (24 + (draw % 25)) * HOUR_MS;
  return {
    processingAt: submittedAt + Math.min(2 * HOUR_MS, span / 4),
    dispatchedAt: Math.max(deliveredAt - transportMs, submittedAt + span / 2),
    deliveredAt,
  };
}

/** Derives a pseudo-random number from the order, so that a restarted sandbox behaves the same. */
function numberFrom(orderId: string): number {
  return createHash('sha256').update(orderId).digest().readUInt32BE();
}

/** The calendar of an operator of the guide, otherwise Monday to Friday. */
function calendarOf(operatorId: OperatorId): Pick<Operator, 'calendar'> {
  return seedOperators.find(({ id }) => id === operatorId) ?? { calendar: 'weekdays' };
}

function freeBlock(draw: number, takenBlocks: { has(block: number): boolean }): number {
  let block = draw % BLOCKS;
  while (takenBlocks.has(block)) {
    block = (block + 1) % BLOCKS;
  }
  return block;
}
