import type { OperatorId, PartnerId } from '../../domain/ids.ts';
import { productOf, productViolations } from '../../domain/operator.ts';
import type { Plan } from '../../domain/plan.ts';
import { type Quote, quoteFor } from '../../domain/quote.ts';
import { knownOperator } from '../known-operator.ts';
import { invalidInput } from '../refusal.ts';
import { planErrors } from './plan-problems.ts';

/** Checks a quantity and a plan, and estimates the delivery of an order that is placed now. @throws Refusal `invalid_input` */
export async function quoteOrder(
  partnerId: PartnerId,
  request: { operatorId: OperatorId; quantity: number; productId?: string | undefined; plan?: Plan | undefined },
  now: Date,
): Promise<Quote> {
  const { operatorId, quantity, productId, plan } = request;
  const operator = await knownOperator(operatorId, '/operatorId');
  const product = productOf(operator, productId);
  if (!product) {
    throw invalidInput(productViolations(operator, productId));
  }
  const violations = plan ? await planErrors(partnerId, plan, operator, '/plan') : [];
  return quoteFor(operator, product, quantity, { planViolations: violations, now });
}
