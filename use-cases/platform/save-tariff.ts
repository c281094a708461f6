import { upsertTariff } from '../../adapters/dynamodb/tariffs.ts';
import { isTariffId, type Tariff, type TariffTerms, tariffChangeProblem } from '../../domain/tariff.ts';
import { invalidInput, Refusal } from '../refusal.ts';

/**
 * Creates a tariff, or replaces its terms where the rules permit that.
 *
 * @param precondition receives the tariff before the write, `undefined` when it is new. Throws to prevent the write.
 * @returns the tariff, and the tariff before the write.
 * @throws Refusal `invalid_input` for a malformed id, `tariff_in_use`
 */
export async function saveTariff(
  tariffId: string,
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
  return upsertTariff(tariffId, terms, (before) => {
    precondition(before);
    const problem = before && tariffChangeProblem(before, terms);
    if (problem) {
      throw new Refusal(problem.code, problem.detail);
    }
  });
}
