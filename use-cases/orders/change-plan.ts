import { getOrder, type OrderRecord } from '../../adapters/dynamodb/orders.ts';
import type { OrderId, PartnerId } from '../../domain/ids.ts';
import { setPlan } from '../../domain/order-steps.ts';
import type { Plan } from '../../domain/plan.ts';
import { operatorOfOrder } from '../known-operator.ts';
import { invalidInput, orNotFound } from '../refusal.ts';
import { applyOrderStep } from './apply-order-step.ts';
import { planErrors, requireChangeablePlan } from './plan-problems.ts';

/**
 * Sets, replaces or removes the plan of an order.
 *
 * 1. Check that the plan can still change, and that a new plan violates no rule.
 * 2. Check the precondition against the current order and save the plan.
 *
 * @param plan `undefined` removes the plan, if there is one.
 * @throws Refusal `not_found`
 * @throws Refusal `wrong_state` when the SIMs have been received, or the order has ended.
 * @throws Refusal `invalid_input` when the plan violates rules.
 */
export async function changePlan(
  partnerId: PartnerId,
  id: OrderId,
  plan: Plan | undefined,
  { actor, now, precondition }: { actor: string; now: Date; precondition: (current: OrderRecord) => void },
): Promise<{ before: OrderRecord | undefined; after: OrderRecord }> {
  if (plan !== undefined) {
    const order = orNotFound(await getOrder(partnerId, id), 'order', id);
    requireChangeablePlan(order);
    const operator = await operatorOfOrder(order);
    const errors = await planErrors(partnerId, plan, operator, '');
    if (errors.length > 0) {
      throw invalidInput(errors);
    }
  }
  let before: OrderRecord | undefined;
  const stepped = await applyOrderStep(partnerId, id, (order) => {
    before = order;
    precondition(order);
    requireChangeablePlan(order);
    return order.plan || plan ? setPlan(order, plan, actor, now.toISOString()) : undefined;
  });
  return { before, after: orNotFound(stepped, 'order', id).order };
}
