import { allOperators } from '../../adapters/dynamodb/operators.ts';
import { upsertTariff } from '../../adapters/dynamodb/tariffs.ts';
import type { TariffId } from '../../domain/ids.ts';
import { isTariffId, type Tariff, type TariffTerms, tariffChangeProblem } from '../../domain/tariff.ts';
import { unknownOperatorError } from '../known-operator.ts';
import { invalidInput, Refusal } from '../refusal.ts';

/**
 * Creates a tariff, or replaces its terms where the rules permit that.
 *
 * @param precondition receives the tariff before the write, `undefined` when it is new. Throws to prevent the write.
 * @returns the tariff, and the tariff before the write.
 * @throws Refusal `invalid_input` for a malformed id or an operator that does not exist, `tariff_in_use`
 */
export async function saveTariff(
  tariffId: TariffId,
  terms: TariffTerms,
  precondition: (before: Tariff | undefined) => void,
): Promise<{ tariff: Tariff; before: Tariff | undefined }> {
  if (!isTariffId(tariffId)) {
    throw invalidInput([
      {
        pointer: '/path/tariffId',
        code: 'invalid_format',
        message: 'tariffId must start with trf_, followed by 1 to 60 letters, digits, dots, dashes and underscores.',
      },
    ]);
  }
  const operators = await allOperators();
  const unknown = terms.operatorIds.flatMap((id, index) =>
    operators.some((operator) => operator.id === id)
      ? []
      : [unknownOperatorError(id, `/operatorIds/${index}`, operators)],
  );
  if (unknown.length > 0) {
    throw invalidInput(unknown);
  }
  return upsertTariff(tariffId, terms, (before) => {
    precondition(before);
    const problem = before && tariffChangeProblem(before, terms);
    if (problem) {
      throw new Refusal(problem.code, problem.detail);
    }
  });
}
