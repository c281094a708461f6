import { getGrantedTariff } from '../../adapters/dynamodb/tariffs.ts';
import type { PartnerId, TariffId } from '../../domain/ids.ts';
import { audienceProblem, type Tariff } from '../../domain/tariff.ts';
import { invalidInput, unknownId } from '../refusal.ts';

/**
 * The tariff of a new service.
 *
 * @throws Refusal `invalid_input` when the tariff was not granted to the partner, or is for the other audience.
 */
export async function tariffForService(
  partnerId: PartnerId,
  tariffId: TariffId,
  audience: Tariff['audience'],
): Promise<Tariff> {
  const pointer = '/tariffId';
  const tariff = await getGrantedTariff(partnerId, tariffId);
  if (!tariff) {
    throw unknownId(pointer, 'tariff', tariffId);
  }
  const problem = audienceProblem(tariff, audience);
  if (problem) {
    throw invalidInput([{ pointer, code: problem.code, message: problem.detail }]);
  }
  return tariff;
}
