import { getGrantedTariff } from '../../adapters/dynamodb/tariffs.ts';
import type { Tariff } from '../../domain/tariff.ts';
import { invalidInput, unknownId } from '../refusal.ts';

/**
 * The tariff that a new service names.
 *
 * @throws Refusal 422 when the partner has not been given it, or when it is for the other audience.
 */
export async function tariffForService(
  partnerId: string,
  tariffId: string,
  audience: Tariff['audience'],
): Promise<Tariff> {
  const pointer = '/tariffId';
  const tariff = await getGrantedTariff(partnerId, tariffId);
  if (!tariff) {
    throw unknownId(pointer, 'tariff', tariffId);
  }
  if (tariff.audience !== audience) {
    const message = `The tariff is for ${tariff.audience}s. A ${audience} service needs a tariff for ${audience}s.`;
    throw invalidInput([{ pointer, code: 'wrong_audience', message }]);
  }
  return tariff;
}
