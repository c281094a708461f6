import { allOperators, getOperator } from '../adapters/dynamodb/operators.ts';
import type { OperatorId } from '../domain/ids.ts';
import type { Operator } from '../domain/operator.ts';
import type { Order } from '../domain/order.ts';
import { type InputError, invalidInput } from './refusal.ts';

/**
 * The operator that a request names.
 *
 * @param pointer the JSON pointer of the id in the request.
 * @throws Refusal `invalid_input` when there is no such operator. The message lists the operators.
 * @example
 * const operator = await knownOperator(body.operatorId, '/operatorId');
 */
export async function knownOperator(id: OperatorId, pointer: string): Promise<Operator> {
  const operator = await getOperator(id);
  if (!operator) {
    throw invalidInput([unknownOperatorError(id, pointer, await allOperators())]);
  }
  return operator;
}

/** The operator of an order. @throws Error when it does not exist: operators are never removed */
export async function operatorOfOrder({ id, operatorId }: Pick<Order, 'id' | 'operatorId'>): Promise<Operator> {
  const operator = await getOperator(operatorId);
  if (!operator) {
    throw new Error(`Order ${id} is of the operator ${operatorId}, which does not exist.`);
  }
  return operator;
}

/** Checks the operator by which a list is filtered, if any. @throws Refusal `invalid_input` */
export async function requireKnownFilter(operatorId: OperatorId | undefined): Promise<void> {
  if (operatorId !== undefined) {
    await knownOperator(operatorId, '/query/operatorId');
  }
}

/** The error for an id that belongs to no operator. */
export function unknownOperatorError(id: OperatorId, pointer: string, operators: readonly Operator[]): InputError {
  const ids = operators.map((operator) => operator.id).join(', ');
  return { pointer, code: 'invalid_value', message: `There is no operator ${id}. The operators are ${ids}.` };
}
