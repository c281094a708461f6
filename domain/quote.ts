import { type EstimatedDelivery, estimatedDelivery } from './calendar.ts';
import type { Operator, SimProduct } from './operator.ts';
import { nearestQuantities, quantityViolations } from './quantity.ts';
import type { Violation } from './verdict.ts';

/** Whether a quantity can be ordered with a plan, and when it would be delivered. */
export type Quote = {
  valid: boolean;
  violations: readonly Violation[];
  /** The nearest quantities that can be ordered. */
  nearest: readonly number[];
  product: SimProduct;
  estimatedDelivery: EstimatedDelivery;
};

/** Checks a quantity and estimates the delivery of an order that is placed now. A quote is valid if its plan is, too. */
export function quoteFor(
  operator: Operator,
  product: SimProduct,
  quantity: number,
  { planViolations, now }: { planViolations: readonly Violation[]; now: Date },
): Quote {
  const ofQuantity = quantityViolations(operator, quantity).map((violation) => ({
    pointer: '/quantity',
    ...violation,
  }));
  const violations = [...ofQuantity, ...planViolations];
  return {
    valid: violations.length === 0,
    violations,
    nearest: nearestQuantities(operator, quantity),
    product,
    estimatedDelivery: estimatedDelivery(operator, now),
  };
}
