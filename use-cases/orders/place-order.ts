import { createOrder, type OrderRecord } from '../../adapters/dynamodb/orders.ts';
import { getPartner } from '../../adapters/dynamodb/partners.ts';
import { firstRun } from '../../adapters/dynamodb/runs.ts';
import { ensureHoldingService } from '../../adapters/dynamodb/services.ts';
import type { Requester } from '../../domain/access.ts';
import type { Address, Contact } from '../../domain/address.ts';
import { requestedDateViolations } from '../../domain/delivery-dates.ts';
import type { NewId, PartnerId } from '../../domain/ids.ts';
import { type Operator, productViolations } from '../../domain/operator.ts';
import { newOrder, type OrderRequest } from '../../domain/order.ts';
import type { Partner } from '../../domain/partner.ts';
import { nearestQuantities, quantityViolations } from '../../domain/quantity.ts';
import { knownOperator } from '../known-operator.ts';
import { type InputError, invalidInput, Refusal } from '../refusal.ts';
import { startExecution } from '../start-execution.ts';
import { recordStepMetrics } from './apply-order-step.ts';
import { planErrors } from './plan-problems.ts';

/**
 * Places an order for SIMs.
 *
 * 1. Check the operator, the quantity, the product, the requested delivery date and the plan.
 * 2. Use the partner's own address and contact if the request has none.
 * 3. Create the holding service of an operator that the partner has not ordered from, if it is missing.
 * 4. Save the order and start its execution, which submits it to the operator.
 *
 * @throws Refusal `invalid_input` for input that violates rules, `forbidden` when the partner does not exist yet.
 */
export async function placeOrder(
  partnerId: PartnerId,
  request: OrderRequest & { deliveryAddress?: Address | undefined; contact?: Contact | undefined },
  { actor, actorEmail, now, newId }: Requester & { now: Date; newId: NewId },
): Promise<OrderRecord> {
  const { quantity, plan, productId, requestedDeliveryDate } = request;
  const operator = await knownOperator(request.operatorId, '/operatorId');
  const errors = [
    ...quantityErrors(operator, quantity),
    ...productViolations(operator, productId),
    ...requestedDateViolations(operator, requestedDeliveryDate, now),
    ...(plan ? await planErrors(partnerId, plan, operator, '/plan') : []),
  ];
  if (errors.length > 0) {
    throw invalidInput(errors);
  }
  const partner = await existingPartner(partnerId);
  const { deliveryAddress = partner.deliveryAddress, contact = partner.contact } = request;
  const order = newOrder(request, {
    id: newId('order'),
    operator,
    deliveryAddress,
    contact,
    requestedBy: actor,
    requestedByEmail: actorEmail,
    now,
  });
  await ensureHoldingService(partnerId, operator, order.order.createdAt);
  const placed = await createOrder(partnerId, order, firstRun(now));
  recordStepMetrics(order);
  await startExecution({ kind: 'order', partnerId, id: placed.id });
  return placed;
}

/** The violated rules, `multiple_of` first: its message names the nearest quantities. */
function quantityErrors(operator: Operator, quantity: number): InputError[] {
  const nearest = nearestQuantities(operator, quantity);
  const errors = quantityViolations(operator, quantity).map((violation) => ({
    pointer: '/quantity',
    ...violation,
    nearest,
  }));
  const isMultiple = ({ code }: { code: string }) => code === 'multiple_of';
  return [...errors.filter(isMultiple), ...errors.filter((error) => !isMultiple(error))];
}

async function existingPartner(partnerId: PartnerId): Promise<Partner> {
  const partner = await getPartner(partnerId);
  if (!partner) {
    throw new Refusal('forbidden', `The platform has not created partner ${partnerId} yet.`);
  }
  return partner;
}
