import { allOperators, upsertOperator } from '../../adapters/dynamodb/operators.ts';
import type { OperatorId } from '../../domain/ids.ts';
import {
  isOperatorId,
  MAX_OPERATORS,
  type Operator,
  type OperatorSettings,
  operatorSettingsViolations,
} from '../../domain/operator.ts';
import { invalidInput, Refusal } from '../refusal.ts';

/**
 * Creates an operator, or replaces its settings. The settings hold for new orders and new changes of SIMs; orders that were
 * placed before keep theirs.
 *
 * @param precondition receives the operator before the write, `undefined` when it is new. Throws to prevent the write.
 * @returns the operator, and the operator before the write.
 * @throws Refusal `invalid_input` for a malformed id or settings that contradict each other, `too_many`
 */
export async function saveOperator(
  operatorId: OperatorId,
  settings: OperatorSettings,
  precondition: (before: Operator | undefined) => void,
): Promise<{ operator: Operator; before: Operator | undefined }> {
  if (!isOperatorId(operatorId)) {
    throw invalidInput([
      {
        pointer: '/path/operatorId',
        code: 'invalid_format',
        message:
          'operatorId must have 2 to 20 lower-case letters, digits and dashes, and start and end with a letter or digit.',
      },
    ]);
  }
  const violations = operatorSettingsViolations(settings);
  if (violations.length > 0) {
    throw invalidInput(violations);
  }
  const others = (await allOperators()).filter(({ id }) => id !== operatorId);
  if (others.length >= MAX_OPERATORS) {
    throw new Refusal('too_many', `There are ${others.length} operators already, the most that are supported.`);
  }
  return upsertOperator(operatorId, settings, precondition);
}
