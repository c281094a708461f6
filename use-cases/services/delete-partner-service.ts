import {
  getPartnerService,
  type PartnerServiceRecord,
  removePartnerService,
} from '../../adapters/dynamodb/services.ts';
import type { PartnerId, PartnerServiceId } from '../../domain/ids.ts';
import { orNotFound, Refusal } from '../refusal.ts';
import { requireEditable } from './require-editable.ts';

/**
 * Deletes a partner service that has no SIMs. Terminated SIMs do not count. Plans and operations that would migrate SIMs to it later fail
 * for each SIM with `not_found`.
 *
 * @returns the service before its deletion.
 * @throws Refusal `not_found`, `holding_service`
 * @throws Refusal `in_use` when the service has SIMs, or an operation is migrating some to it.
 * @throws ConditionFailed when a concurrent request changed the service.
 */
export async function deletePartnerService(
  partnerId: PartnerId,
  id: PartnerServiceId,
  precondition: (current: PartnerServiceRecord) => void,
): Promise<PartnerServiceRecord> {
  const service = orNotFound(await getPartnerService(partnerId, id), 'partner service', id);
  precondition(service);
  requireEditable(service);
  if ((await removePartnerService(partnerId, service)) === 'in_use') {
    throw new Refusal(
      'in_use',
      'The service still has SIMs. Migrate them to another partner service or terminate them first.',
    );
  }
  return service;
}
