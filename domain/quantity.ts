import type { Operator } from './operator.ts';

/** The most SIMs of an order: part of the contract. */
export const MAX_ORDER_QUANTITY = 100_000;

/** A rule that a quantity violates. */
export type QuantityViolation = {
  code: 'whole_number' | 'minimum' | 'maximum' | 'multiple_of';
  message: string;
};

/**
 * The rules that a quantity of SIMs violates; none when it can be ordered. A quantity is a whole number, at least the
 * operator's multiple, at most 100,000, and a positive multiple: 0 and 10 violate both the minimum and the multiple.
 */
export function quantityViolations(
  operator: Pick<Operator, 'name' | 'orderMultiple'>,
  quantity: number,
): QuantityViolation[] {
  const { name, orderMultiple } = operator;
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
    const nearest = nearestQuantities(operator, quantity).join(' or ');
    violations.push({
      code: 'multiple_of',
      message: `quantity must be a multiple of ${orderMultiple} for ${name}: ${nearest}, not ${quantity}.`,
    });
  }
  return violations;
}

/**
 * The nearest quantities that can be ordered, ascending: the one below and the one above. At either end of the range there is
 * only one; a quantity that can be ordered is its own nearest.
 */
export function nearestQuantities({ orderMultiple }: Pick<Operator, 'orderMultiple'>, quantity: number): number[] {
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
