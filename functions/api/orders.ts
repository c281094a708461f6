import * as z from 'zod/mini';
import { namedSchema } from '../../contract/fields.ts';
import { productSchema } from '../../contract/operator.ts';
import { orderEventSchema, orderSchema, showOrder, showOrderEvent } from '../../contract/order.ts';
import { showSim, simSchema } from '../../contract/sim.ts';
import { requesterOf } from '../../domain/access.ts';
import { addressSchema, contactSchema } from '../../domain/address.ts';
import { described } from '../../domain/described.ts';
import { operatorIdSchema } from '../../domain/operator.ts';
import { orderStates } from '../../domain/order.ts';
import { planSchema } from '../../domain/plan.ts';
import { idSchema, line } from '../../domain/text.ts';
import { cancelOrder } from '../../use-cases/orders/cancel-order.ts';
import { changePlan } from '../../use-cases/orders/change-plan.ts';
import { placeOrder } from '../../use-cases/orders/place-order.ts';
import { quoteOrder } from '../../use-cases/orders/quote-order.ts';
import { listOrderEvents, listOrderSims, listOrders, readOrder } from '../../use-cases/orders/read-orders.ts';
import { resumeOrder } from '../../use-cases/orders/resume-order.ts';
import { describeSims } from '../../use-cases/sims/describe-sims.ts';
import { createApiHandler } from '../http/create-api-handler.ts';
import { requireMatch } from '../http/etag.ts';
import { created, noContent, okPage, okResource, route } from '../http/route.ts';
import { fieldColumns } from './field-columns.ts';

const quantity = described(z.number(), 'A multiple of the operator’s `orderMultiple`, at most 100,000.');

const productId = described(
  z.optional(idSchema),
  'A product of the operator. Default: the operator’s default product.',
);

const quoteSchema = namedSchema('Quote', () =>
  z.object({
    valid: z.boolean(),
    violations: described(
      z.array(z.object({ pointer: z.string(), code: z.string(), message: z.string() })),
      'The rules that the quantity and the plan violate.',
    ),
    nearest: described(z.array(z.int()), 'The nearest quantities that can be ordered.'),
    product: productSchema,
    estimatedDelivery: z.object({ earliest: z.iso.date(), latest: z.iso.date() }),
  }),
);

/** Orders for SIMs. */
export const routes = [
  route({
    method: 'POST',
    path: '/v1/orders/quote',
    operationId: 'quoteOrder',
    access: 'order_sims',
    tag: 'Orders',
    summary: 'Check a quantity and a plan, and estimate the delivery',
    description: 'A `plan` is checked as it is when the order is placed.',
    readOnly: true,
    body: () => z.strictObject({ operatorId: operatorIdSchema, quantity, productId, plan: z.optional(planSchema) }),
    example: { operatorId: '3uk', quantity: 120 },
    answers: { 200: quoteSchema },
    handle: async ({ caller, body, now }) => ({ status: 200, body: await quoteOrder(caller.partnerId, body, now) }),
  }),
  route({
    method: 'POST',
    path: '/v1/orders',
    operationId: 'createOrder',
    access: 'order_sims',
    tag: 'Orders',
    summary: 'Order SIMs',
    description:
      'The SIMs are shipped to `deliveryAddress`, by default the partner’s own. With a `plan`, they are migrated, assigned and activated automatically on arrival.',
    body: () =>
      z.strictObject({
        operatorId: operatorIdSchema,
        quantity,
        reference: described(z.optional(line(100)), 'Your own reference for the order.'),
        deliveryAddress: z.optional(addressSchema),
        contact: described(z.optional(contactSchema), 'Contact for the delivery. Default: the contact of the partner.'),
        productId,
        requestedDeliveryDate: described(
          z.optional(z.iso.date()),
          'The day on which you want the SIMs: from the earliest estimated delivery to 365 days after it.',
        ),
        plan: z.optional(planSchema),
      }),
    example: { operatorId: '3uk', quantity: 50, reference: 'PO-1001' },
    answers: { 201: orderSchema },
    handle: async ({ caller, body, now, newId }) => {
      const order = await placeOrder(caller.partnerId, body, { ...requesterOf(caller), now, newId });
      return created(`/v1/orders/${order.id}`, showOrder(order));
    },
  }),
  route({
    method: 'GET',
    path: '/v1/orders',
    operationId: 'listOrders',
    access: 'see',
    tag: 'Orders',
    summary: 'List orders, newest first',
    paged: true,
    query: () => z.strictObject({ state: z.optional(z.enum(orderStates)), operatorId: z.optional(operatorIdSchema) }),
    answers: { 200: orderSchema },
    handle: async ({ caller, query, page }) => {
      const { items, next } = await listOrders(caller.partnerId, query, page);
      return okPage(items.map(showOrder), next);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/orders/{id}',
    operationId: 'getOrder',
    access: 'see',
    tag: 'Orders',
    summary: 'Get an order',
    answers: { 200: orderSchema },
    handle: async ({ caller, path: { id } }) => okResource(showOrder(await readOrder(caller.partnerId, id))),
  }),
  route({
    method: 'PUT',
    path: '/v1/orders/{id}/plan',
    operationId: 'setOrderPlan',
    access: 'order_sims',
    tag: 'Orders',
    summary: 'Set or replace the plan of an order',
    description: 'Allowed until the order is `delivered`.',
    body: () => planSchema,
    honoursIfMatch: true,
    example: { partnerServiceId: 'psv_01JG0000000000000000000000' },
    answers: { 200: orderSchema },
    handle: async ({ caller, path: { id }, body: plan, ifMatch, now }) => {
      const { before, after } = await changePlan(caller.partnerId, id, plan, {
        actor: caller.userId,
        now,
        precondition: (order) => requireMatch(ifMatch, showOrder(order)),
      });
      return { ...okResource(showOrder(after)), before: before && showOrder(before) };
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/orders/{id}/plan',
    operationId: 'removeOrderPlan',
    access: 'order_sims',
    tag: 'Orders',
    summary: 'Remove the plan of an order',
    description: 'Allowed until the order is `delivered`.',
    answers: { 204: null },
    handle: async ({ caller, path: { id }, ifMatch, now }) => {
      await changePlan(caller.partnerId, id, undefined, {
        actor: caller.userId,
        now,
        precondition: (order) => requireMatch(ifMatch, showOrder(order)),
      });
      return noContent;
    },
  }),
  route({
    method: 'POST',
    path: '/v1/orders/{id}/cancel',
    operationId: 'cancelOrder',
    access: 'order_sims',
    tag: 'Orders',
    summary: 'Cancel an order before dispatch',
    description:
      'If the operator refuses the cancellation, the response is 409 and the order continues. The operator of a manual order answers later: until then the order has `cancelRequestedBy`. 503 if the operator does not respond: nothing was changed.',
    answers: { 200: orderSchema },
    handle: async ({ caller, path: { id }, now, newId }) => {
      const newTaskId = () => newId('manualTask');
      return okResource(showOrder(await cancelOrder(caller.partnerId, id, { actor: caller.userId, now, newTaskId })));
    },
  }),
  route({
    method: 'POST',
    path: '/v1/orders/{id}/resume',
    operationId: 'resumeOrder',
    access: 'order_sims',
    tag: 'Orders',
    summary: 'Resume a failed order',
    description: 'The order continues in the state in which it failed.',
    answers: { 200: orderSchema },
    handle: async ({ caller, path: { id }, now }) =>
      okResource(showOrder(await resumeOrder(caller.partnerId, id, { actor: caller.userId, now }))),
  }),
  route({
    method: 'GET',
    path: '/v1/orders/{id}/events',
    operationId: 'listOrderEvents',
    access: 'see',
    tag: 'Orders',
    summary: 'List the timeline of an order, oldest first',
    paged: true,
    answers: { 200: orderEventSchema },
    handle: async ({ caller, path: { id }, page }) => {
      const { items, last } = await listOrderEvents(caller.partnerId, id, page);
      return okPage(items.map(showOrderEvent), last);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/orders/{id}/sims',
    operationId: 'listOrderSims',
    access: 'see',
    tag: 'Orders',
    summary: 'List the received SIMs of an order',
    paged: true,
    answers: { 200: simSchema },
    handle: async ({ caller, path: { id }, page, headers }) => {
      const { items, next } = await listOrderSims(caller.partnerId, id, page);
      const shown = (await describeSims(caller, items)).map(showSim);
      return { ...okPage(shown, next), ...(await fieldColumns(caller, headers)) };
    },
  }),
];

export const handler = createApiHandler(routes);
