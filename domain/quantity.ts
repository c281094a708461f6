import { type OperatorId, operators } from './operator.ts';

/** SIMs in one order, at most: the contract. */
export const MAX_ORDER_QUANTITY = 100_000;

/** A rule of ordering that a quantity breaks. */
export type QuantityViolation = {
  code: 'whole_number' | 'minimum' | 'maximum' | 'multiple_of';
  message: string;
};

/**
 * Every rule that a quantity of SIMs of an operator breaks; none when it can be ordered. It is a whole number, at least
 * one of the operator's multiples, at most 100,000, and a positive multiple: 0 and 10 are too few and no such multiple.
 */
export function quantityViolations(operatorId: OperatorId, quantity: number): QuantityViolation[] {
  const { name, orderMultiple } = operators[operatorId];
  const violations: QuantityViolation[] = [];
  if (!Number.isInteger(quantity)) {
    violations.push({ code: 'whole_number', message: `quantity must be a whole number, not ${quantity}.` });
  }
  if (quantity < orderMultiple) {
    violations.push({ code: 'minimum', message: `quantity must be at least ${orderMultiple} for ${name}.` });
  }
  if (quantity > MAX_ORDER_QUANTITY) {
    violations.push({ code: 'maximum', message: `quantity must be at most ${MAX_ORDER_QUANTITY}.` });
  }
  if (quantity < orderMultiple || quantity % orderMultiple !== 0) {
    const nearest = nearestQuantities(operatorId, quantity).join(' or ');
    violations.push({
      code: 'multiple_of',
      message: `quantity must be a multiple of ${orderMultiple} for ${name}: ${nearest}, not ${quantity}.`,
    });
  }
  return violations;
}

/**
 * The quantities that can be ordered nearest to one, ascending: the one below and the one above, only one of them at an
 * end of the range, and itself alone where it can be ordered.
 */
export function nearestQuantities(operatorId: OperatorId, quantity: number): number[] {
  const { orderMultiple } = operators[operatorId];
  const largest = Math.floor(MAX_ORDER_QUANTITY / orderMultiple) * orderMultiple;
  const below = Math.floor(quantity / orderMultiple) * orderMultiple;
  const above = Math.ceil(quantity / orderMultiple) * orderMultiple;
  if (above <= orderMultiple) {
    return [orderMultiple];
  }
  if (below >= largest) {
    return [largest];
  }
  return below === above ? [below] : [below, above];
}
