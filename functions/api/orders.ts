import * as z from 'zod/mini';
import {
  createOrder,
  getOrder,
  type OrderRecord,
  queryOrderEvents,
  queryOrders,
} from '../../adapters/dynamodb/orders.ts';
import { getPartner } from '../../adapters/dynamodb/partners.ts';
import { firstRun } from '../../adapters/dynamodb/runs.ts';
import { listSims } from '../../adapters/dynamodb/sim-lists.ts';
import { answerTask } from '../../adapters/step-functions.ts';
import { orderEventSchema, orderSchema, showOrder } from '../../contract/order.ts';
import { showSim, simSchema } from '../../contract/sim.ts';
import { type Address, addressSchema } from '../../domain/address.ts';
import { estimatedDelivery } from '../../domain/calendar.ts';
import { described } from '../../domain/described.ts';
import { type OperatorId, operatorIds } from '../../domain/operator.ts';
import { OperatorUnavailable } from '../../domain/operator-port.ts';
import {
  cancelProblem,
  markCancellationRefused,
  markOrderCancelled,
  markOrderResumed,
  noProgress,
  type Order,
  type OrderStep,
  orderStates,
  planChangeProblem,
  requestCancellation,
  setPlan,
} from '../../domain/order.ts';
import { type Plan, planSchema, planViolations } from '../../domain/plan.ts';
import { nearestQuantities, quantityViolations } from '../../domain/quantity.ts';
import { line } from '../../domain/text.ts';
import { fillPage } from '../../use-cases/fill-page.ts';
import { operatorOf } from '../../use-cases/operators.ts';
import { applyOrderStep, recordStepMetrics } from '../../use-cases/orders/apply-order-step.ts';
import { loadPlanTargets } from '../../use-cases/orders/load-plan-targets.ts';
import { type InputError, invalidInput, notFound, Refusal } from '../../use-cases/refusal.ts';
import { startExecution } from '../../use-cases/start-execution.ts';
import { createApiHandler } from '../http/create-api-handler.ts';
import { requireMatch } from '../http/etag.ts';
import { type Answer, created, okPage, okResource, route } from '../http/route.ts';

const quantity = described(z.number(), 'A multiple of the operator’s `orderMultiple`, at most 100,000.');

const quoteSchema = z.lazy(() =>
  z
    .object({
      valid: z.boolean(),
      violations: z.array(z.object({ code: z.string(), message: z.string() })),
      nearest: described(z.array(z.int()), 'The nearest quantities that can be ordered.'),
      estimatedDelivery: z.object({ earliest: z.iso.date(), latest: z.iso.date() }),
    })
    .register(z.globalRegistry, { id: 'Quote' }),
);

/** Ordering SIMs, and watching them come. */
export const routes = [
  route({
    method: 'POST',
    path: '/v1/orders/quote',
    operationId: 'quoteOrder',
    access: 'order_sims',
    tag: 'Orders',
    summary: 'Check a quantity and estimate the delivery',
    readOnly: true,
    body: z.lazy(() => z.strictObject({ operatorId: z.enum(operatorIds), quantity })),
    example: { operatorId: '3uk', quantity: 120 },
    answers: { 200: quoteSchema },
    handle: async ({ body, now }) => {
      const violations = quantityViolations(body.operatorId, body.quantity);
      return {
        status: 200,
        body: {
          valid: violations.length === 0,
          violations,
          nearest: nearestQuantities(body.operatorId, body.quantity),
          estimatedDelivery: estimatedDelivery(body.operatorId, now),
        },
      };
    },
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
    body: z.lazy(() =>
      z.strictObject({
        operatorId: z.enum(operatorIds),
        quantity,
        reference: described(z.optional(line(100)), 'Your own reference for the order.'),
        deliveryAddress: z.optional(addressSchema),
        plan: z.optional(planSchema),
      }),
    ),
    example: { operatorId: '3uk', quantity: 50, reference: 'PO-1001' },
    answers: { 201: orderSchema },
    handle: async ({ caller, body, now, newId }) => {
      const { partnerId } = caller;
      const errors = [
        ...quantityErrors(body.operatorId, body.quantity),
        ...(body.plan ? await planErrors(partnerId, body.plan, body.operatorId, '/plan') : []),
      ];
      if (errors.length > 0) {
        throw invalidInput(errors);
      }
      const order = newOrder({
        ...body,
        id: newId('order'),
        deliveryAddress: body.deliveryAddress ?? (await ownAddress(partnerId)),
        requestedBy: caller.userId,
        now,
      });
      const placed = await createOrder(partnerId, order, firstRun(now));
      recordStepMetrics(order);
      await startExecution({ kind: 'order', partnerId, id: placed.id });
      return created(`/v1/orders/${placed.id}`, showOrder(placed));
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
    query: () =>
      z.strictObject({ state: z.optional(z.enum(orderStates)), operatorId: z.optional(z.enum(operatorIds)) }),
    answers: { 200: orderSchema },
    handle: async ({ caller, query: { state, operatorId }, page }) => {
      const { items, next } = await fillPage(
        page,
        (limit, after) => queryOrders(caller.partnerId, limit, after),
        (order) =>
          (state === undefined || order.state === state) &&
          (operatorId === undefined || order.operatorId === operatorId),
        ({ id }) => `ORD#${id}`,
      );
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
    handle: async ({ caller, path: { id } }) => okResource(showOrder(await theOrder(caller.partnerId, id))),
  }),
  route({
    method: 'PUT',
    path: '/v1/orders/{id}/plan',
    operationId: 'setOrderPlan',
    access: 'order_sims',
    tag: 'Orders',
    summary: 'Set or replace the plan of an order',
    description: 'Allowed until the SIMs of the order have been received.',
    body: planSchema,
    honoursIfMatch: true,
    example: { partnerServiceId: 'psv_01JG0000000000000000000000' },
    answers: { 200: orderSchema },
    handle: async ({ caller, path: { id }, body: plan, ifMatch, now }) => {
      const order = await theOrder(caller.partnerId, id);
      refuseLate(order);
      const errors = await planErrors(caller.partnerId, plan, order.operatorId, '');
      if (errors.length > 0) {
        throw invalidInput(errors);
      }
      return savePlan(caller.partnerId, id, plan, caller.userId, ifMatch, now);
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/orders/{id}/plan',
    operationId: 'removeOrderPlan',
    access: 'order_sims',
    tag: 'Orders',
    summary: 'Remove the plan of an order',
    description: 'Allowed until the SIMs of the order have been received.',
    answers: { 204: null },
    handle: async ({ caller, path: { id }, ifMatch, now }) => {
      await savePlan(caller.partnerId, id, undefined, caller.userId, ifMatch, now);
      return { status: 204 };
    },
  }),
  route({
    method: 'POST',
    path: '/v1/orders/{id}/cancel',
    operationId: 'cancelOrder',
    access: 'order_sims',
    tag: 'Orders',
    summary: 'Cancel an order before dispatch',
    description: 'If the operator refuses the cancellation, the response is 409 and the order continues.',
    answers: { 200: orderSchema },
    handle: async ({ caller, path: { id }, now }) => cancel(caller.partnerId, id, caller.userId, now),
  }),
  route({
    method: 'POST',
    path: '/v1/orders/{id}/resume',
    operationId: 'resumeOrder',
    access: 'order_sims',
    tag: 'Orders',
    summary: 'Resume a failed order',
    answers: { 200: orderSchema },
    handle: async ({ caller, path: { id }, now }) => {
      const { partnerId, userId } = caller;
      const stepped = await applyOrderStep(partnerId, id, (order) => {
        const step = markOrderResumed(order, userId, now.toISOString());
        return step && { ...step, order: { ...step.order, ...nextRun(order, now) } };
      });
      if (!stepped) {
        throw notFound('order', id);
      }
      if (!stepped.taken) {
        throw new Refusal('wrong_state', `The order is ${stepped.order.state}. Only failed orders can be resumed.`);
      }
      await startExecution({ kind: 'order', partnerId, id }, stepped.order.runAttempt);
      return okResource(showOrder(stepped.order));
    },
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
      await theOrder(caller.partnerId, id);
      const { items, last } = await queryOrderEvents(caller.partnerId, id, page.limit, page.after);
      return okPage(
        items.map((event) => orderEventSchema.parse(event)),
        last,
      );
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
    handle: async ({ caller, path: { id }, page }) => {
      await theOrder(caller.partnerId, id);
      const { items, next } = await listSims(caller.partnerId, { orderId: id }, page.limit, page.after);
      return okPage(items.map(showSim), next);
    },
  }),
];

async function theOrder(partnerId: string, id: string): Promise<OrderRecord> {
  const order = await getOrder(partnerId, id);
  if (!order) {
    throw notFound('order', id);
  }
  return order;
}

function newOrder(placed: {
  id: string;
  operatorId: OperatorId;
  quantity: number;
  reference?: string | undefined;
  deliveryAddress: Address;
  plan?: Plan | undefined;
  requestedBy: string;
  now: Date;
}): OrderStep {
  const at = placed.now.toISOString();
  const order: Order = {
    id: placed.id,
    operatorId: placed.operatorId,
    quantity: placed.quantity,
    receivedQuantity: 0,
    state: 'submitted',
    ...(placed.reference === undefined ? {} : { reference: placed.reference }),
    deliveryAddress: placed.deliveryAddress,
    estimatedDelivery: estimatedDelivery(placed.operatorId, placed.now),
    ...(placed.plan === undefined ? {} : { plan: placed.plan }),
    progress: noProgress,
    operations: [],
    requestedBy: placed.requestedBy,
    createdAt: at,
    updatedAt: at,
    version: 1,
  };
  return { order, events: [{ at, type: 'order.submitted', to: 'submitted', actor: placed.requestedBy }] };
}

function quantityErrors(operatorId: OperatorId, wanted: number): InputError[] {
  const nearest = nearestQuantities(operatorId, wanted);
  return quantityViolations(operatorId, wanted)
    .sort(({ code }) => (code === 'multiple_of' ? -1 : 0))
    .map((violation) => ({ pointer: '/quantity', ...violation, nearest }));
}

async function planErrors(
  partnerId: string,
  plan: Plan,
  operatorId: OperatorId,
  pointer: string,
): Promise<InputError[]> {
  const violations = planViolations(plan, await loadPlanTargets(partnerId, plan), operatorId);
  return violations.map((violation) => ({ ...violation, pointer: `${pointer}${violation.pointer}` }));
}

async function ownAddress(partnerId: string): Promise<Address> {
  const partner = await getPartner(partnerId);
  if (!partner) {
    throw new Refusal('forbidden', `The platform has not created partner ${partnerId} yet.`);
  }
  return partner.deliveryAddress;
}

function refuseLate(order: Order): void {
  const problem = planChangeProblem(order);
  if (problem) {
    throw new Refusal('wrong_state', problem.detail);
  }
}

async function savePlan(
  partnerId: string,
  id: string,
  plan: Plan | undefined,
  actor: string,
  ifMatch: string | undefined,
  now: Date,
): Promise<Answer> {
  let before: Order | undefined;
  const stepped = await applyOrderStep(partnerId, id, (order) => {
    before = order;
    requireMatch(ifMatch, showOrder(order));
    refuseLate(order);
    return setPlan(order, plan, actor, now.toISOString());
  });
  if (!stepped) {
    throw notFound('order', id);
  }
  return { ...okResource(showOrder(stepped.order)), before: before && showOrder(before) };
}

/**
 * Calls an order off: at the operator first, since it may have it already, and may refuse. One that has not reached the
 * operator is cancelled here; should its submission be under way, the workflow calls it off there (submit-to-operator).
 */
async function cancel(partnerId: string, id: string, actor: string, now: Date): Promise<Answer> {
  const at = now.toISOString();
  const requested = await applyOrderStep(partnerId, id, (order) => requestCancellation(order, actor, at));
  if (!requested) {
    throw notFound('order', id);
  }
  if (!requested.taken) {
    throw new Refusal('wrong_state', cancelProblem(requested.order)?.detail ?? '');
  }
  const answer = await askToCancel(requested.order);
  if (answer.outcome === 'refused') {
    const detail = `The operator refused to cancel the order: ${answer.reason}`;
    await applyOrderStep(partnerId, id, (order) => markCancellationRefused(order, detail, at));
    throw new Refusal('operator_refused', detail);
  }
  const cancelled = await applyOrderStep(partnerId, id, (order) => markOrderCancelled(order, actor, at));
  // The poller may have seen the operator's answer before this did.
  if (cancelled?.order.state !== 'cancelled') {
    throw new Refusal('wrong_state', `The order is now ${cancelled?.order.state}.`);
  }
  if (cancelled.order.taskToken) {
    await answerTask(cancelled.order.taskToken, { goTo: 'end' });
  }
  return okResource(showOrder(cancelled.order));
}

async function askToCancel(order: Order) {
  try {
    return await operatorOf(order.operatorId).cancelOrder(order.id);
  } catch (error) {
    if (error instanceof OperatorUnavailable) {
      const detail =
        'The operator did not respond, so the order could not be cancelled. Nothing was changed. Try again later.';
      throw new Refusal('operator_unavailable', detail, { retryAfterSeconds: 30 });
    }
    throw error;
  }
}

/** A resumed order is carried out by an execution with a name of its own. */
function nextRun({ runAttempt }: OrderRecord, now: Date) {
  return { ...firstRun(now), runAttempt: runAttempt + 1 };
}

export const handler = createApiHandler(routes);
