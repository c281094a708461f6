import { type Quote, quoteFor } from '../../domain/quote.ts';
import { knownOperator } from '../known-operator.ts';

/** Checks a quantity and estimates the delivery of an order that is placed now. @throws Refusal `invalid_input` */
export async function quoteOrder(
  { operatorId, quantity }: { operatorId: string; quantity: number },
  now: Date,
): Promise<Quote> {
  return quoteFor(await knownOperator(operatorId, '/operatorId'), quantity, now);
}
