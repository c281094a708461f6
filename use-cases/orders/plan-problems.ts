import type { PartnerId } from '../../domain/ids.ts';
import type { Operator } from '../../domain/operator.ts';
import { type Order, planChangeProblem } from '../../domain/order.ts';
import { type Plan, planViolations } from '../../domain/plan.ts';
import { type InputError, Refusal } from '../refusal.ts';
import { loadPlanTargets } from './load-plan-targets.ts';

/**
 * The rules that a plan violates.
 *
 * @param pointer the JSON pointer of the plan in the input.
 */
export async function planErrors(
  partnerId: PartnerId,
  plan: Plan,
  operator: Operator,
  pointer: string,
): Promise<InputError[]> {
  const violations = planViolations(plan, await loadPlanTargets(partnerId, plan), operator);
  return violations.map((violation) => ({ ...violation, pointer: `${pointer}${violation.pointer}` }));
}

/** @throws Refusal `wrong_state` when the plan of the order can no longer change. */
export function requireChangeablePlan(order: Order): void {
  const problem = planChangeProblem(order);
  if (problem) {
    throw new Refusal(problem.code, problem.detail);
  }
}
