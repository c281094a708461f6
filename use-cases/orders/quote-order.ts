import type { OperatorId } from '../../domain/ids.ts';
import { productOf, productViolations } from '../../domain/operator.ts';
import { type Quote, quoteFor } from '../../domain/quote.ts';
import { knownOperator } from '../known-operator.ts';
import { invalidInput } from '../refusal.ts';

/** Checks a quantity and estimates the delivery of an order that is placed now. @throws Refusal `invalid_input` */
export async function quoteOrder(
  { operatorId, quantity, productId }: { operatorId: OperatorId; quantity: number; productId?: string | undefined },
  now: Date,
): Promise<Quote> {
  const operator = await knownOperator(operatorId, '/operatorId');
  const product = productOf(operator, productId);
  if (!product) {
    throw invalidInput(productViolations(operator, productId));
  }
  return quoteFor(operator, product, quantity, now);
}
