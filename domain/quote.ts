import { type EstimatedDelivery, estimatedDelivery } from './calendar.ts';
import type { Operator, SimProduct } from './operator.ts';
import { nearestQuantities, type QuantityViolation, quantityViolations } from './quantity.ts';

/** Whether a quantity can be ordered, and when it would be delivered. */
export type Quote = {
  valid: boolean;
  violations: readonly QuantityViolation[];
  /** The nearest quantities that can be ordered. */
  nearest: readonly number[];
  product: SimProduct;
  estimatedDelivery: EstimatedDelivery;
};

/** Checks a quantity and estimates the delivery of an order that is placed now. */
export function quoteFor(operator: Operator, product: SimProduct, quantity: number, now: Date): Quote {
  const violations = quantityViolations(operator, quantity);
  return {
    valid: violations.length === 0,
    violations,
    nearest: nearestQuantities(operator, quantity),
    product,
    estimatedDelivery: estimatedDelivery(operator, now),
  };
}
