import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MAX_ORDER_QUANTITY, nearestQuantities, quantityViolations } from '../../domain/quantity.ts';
import { anOperator, operatorIds } from './builders.ts';

const operatorId = fc.constantFrom(...operatorIds);
const wholeNumber = fc.oneof(fc.integer(), fc.integer({ min: -100, max: MAX_ORDER_QUANTITY + 200 }));

const codes = (...order: Parameters<typeof quantityViolations>) => quantityViolations(...order).map(({ code }) => code);

describe('the quantity of an order', () => {
  test.each([
    ['3uk', 50],
    ['3ireland', 100],
    ['orange', 100_000],
    ['a1', 20],
    ['a1', 100_000],
  ] as const)('of %s can be %d', (id, quantity) => {
    expect(quantityViolations(anOperator(id), quantity)).toEqual([]);
    expect(nearestQuantities(anOperator(id), quantity)).toEqual([quantity]);
  });

  test.each([
    ['3uk', 120, ['multiple_of'], [100, 150]],
    ['a1', 50, ['multiple_of'], [40, 60]],
    ['3uk', 99_999, ['multiple_of'], [99_950, 100_000]],
    ['3uk', 10, ['minimum', 'multiple_of'], [50]],
    ['3uk', 0, ['minimum', 'multiple_of'], [50]],
    ['3uk', -50, ['minimum', 'multiple_of'], [50]],
    ['3uk', 100_050, ['maximum'], [100_000]],
    ['a1', 100_001, ['maximum', 'multiple_of'], [100_000]],
    ['3uk', 120.5, ['whole_number', 'multiple_of'], [100, 150]],
    ['3uk', 49.9, ['whole_number', 'minimum', 'multiple_of'], [50]],
  ] as const)('of %s cannot be %d: %j, but %j', (id, quantity, violated, nearest) => {
    expect(codes(anOperator(id), quantity)).toEqual(violated);
    expect(nearestQuantities(anOperator(id), quantity)).toEqual(nearest);
  });

  test('is refused with the nearest valid quantities', () => {
    expect(quantityViolations(anOperator('3uk'), 120)).toEqual([
      { code: 'multiple_of', message: 'quantity must be a multiple of 50 for 3UK: 100 or 150, not 120.' },
    ]);
  });

  test('is valid exactly when it is a positive multiple up to the maximum', () => {
    fc.assert(
      fc.property(operatorId, wholeNumber, (id, quantity) => {
        const right = quantity > 0 && quantity <= MAX_ORDER_QUANTITY && quantity % anOperator(id).orderMultiple === 0;
        expect(codes(anOperator(id), quantity).length === 0).toBe(right);
      }),
    );
  });

  test('has nearest quantities that are valid, with no valid one in between', () => {
    fc.assert(
      fc.property(operatorId, wholeNumber, (id, quantity) => {
        const { orderMultiple } = anOperator(id);
        const nearest = nearestQuantities(anOperator(id), quantity);
        for (const one of nearest) {
          expect(quantityViolations(anOperator(id), one)).toEqual([]);
        }
        const below = nearest.filter((one) => one <= quantity);
        const above = nearest.filter((one) => one >= quantity);
        expect(below.length).toBeLessThanOrEqual(1);
        expect(above.length).toBeLessThanOrEqual(1);
        // Nothing below only when not even the smallest order is; nothing above only when not even the largest is.
        expect(below.length === 0).toBe(quantity < orderMultiple);
        expect(above.length === 0).toBe(quantity > MAX_ORDER_QUANTITY);
        if (quantity >= orderMultiple && quantity <= MAX_ORDER_QUANTITY) {
          expect(nearest.every((one) => Math.abs(one - quantity) < orderMultiple)).toBe(true);
        }
      }),
    );
  });
});
