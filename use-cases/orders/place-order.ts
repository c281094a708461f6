import { createOrder, type OrderRecord } from '../../adapters/dynamodb/orders.ts';
import { getPartner } from '../../adapters/dynamodb/partners.ts';
import { firstRun } from '../../adapters/dynamodb/runs.ts';
import type { Address } from '../../domain/address.ts';
import type { IdKind } from '../../domain/ids.ts';
import type { OperatorId } from '../../domain/operator.ts';
import { newOrder, type OrderRequest } from '../../domain/order.ts';
import { nearestQuantities, quantityViolations } from '../../domain/quantity.ts';
import { type InputError, invalidInput, Refusal } from '../refusal.ts';
import { startExecution } from '../start-execution.ts';
import { recordStepMetrics } from './apply-order-step.ts';
import { planErrors } from './plan-problems.ts';

/**
 * Places an order for SIMs.
 *
 * 1. Check the quantity and the plan.
 * 2. Use the partner's own address if the request has no delivery address.
 * 3. Save the order and start its execution, which submits it to the operator.
 *
 * @throws Refusal `invalid_input` for a quantity or plan that violates rules, `forbidden` when the partner does not exist yet.
 */
export async function placeOrder(
  partnerId: string,
  request: OrderRequest & { deliveryAddress?: Address | undefined },
  { actor, now, newId }: { actor: string; now: Date; newId: (kind: IdKind) => string },
): Promise<OrderRecord> {
  const { operatorId, quantity, plan } = request;
  const errors = [
    ...quantityErrors(operatorId, quantity),
    ...(plan ? await planErrors(partnerId, plan, operatorId, '/plan') : []),
  ];
  if (errors.length > 0) {
    throw invalidInput(errors);
  }
  const deliveryAddress = request.deliveryAddress ?? (await addressOfPartner(partnerId));
  const order = newOrder(request, { id: newId('order'), deliveryAddress, requestedBy: actor, now });
  const placed = await createOrder(partnerId, order, firstRun(now));
  recordStepMetrics(order);
  await startExecution({ kind: 'order', partnerId, id: placed.id });
  return placed;
}

/** The violated rules, `multiple_of` first: its message names the nearest quantities. */
function quantityErrors(operatorId: OperatorId, quantity: number): InputError[] {
  const nearest = nearestQuantities(operatorId, quantity);
  const errors = quantityViolations(operatorId, quantity).map((violation) => ({
    pointer: '/quantity',
    ...violation,
    nearest,
  }));
  const isMultiple = ({ code }: { code: string }) => code === 'multiple_of';
  return [...errors.filter(isMultiple), ...errors.filter((error) => !isMultiple(error))];
}

async function addressOfPartner(partnerId: string): Promise<Address> {
  const partner = await getPartner(partnerId);
  if (!partner) {
    throw new Refusal('forbidden', `The platform has not created partner ${partnerId} yet.`);
  }
  return partner.deliveryAddress;
}
