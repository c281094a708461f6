import { type CustomerServiceRecord, removeCustomerService } from '../../adapters/dynamodb/services.ts';
import type { PartnerCaller } from '../../domain/access.ts';
import type { CustomerServiceId } from '../../domain/ids.ts';
import { Refusal } from '../refusal.ts';
import { readCustomerService } from './read-customer-services.ts';

/**
 * Deletes a customer service that has no SIMs. Terminated SIMs do not count.
 *
 * @returns the service before its deletion.
 * @throws Refusal `not_found`
 * @throws Refusal `in_use` when the service has SIMs.
 * @throws ConditionFailed when a concurrent request changed the service.
 */
export async function deleteCustomerService(
  caller: PartnerCaller,
  id: CustomerServiceId,
  precondition: (current: CustomerServiceRecord) => void,
): Promise<CustomerServiceRecord> {
  const service = await readCustomerService(caller, id);
  precondition(service);
  if ((await removeCustomerService(caller.partnerId, service)) === 'in_use') {
    throw new Refusal(
      'in_use',
      'The service still has SIMs. Unassign, terminate or assign them to another service first.',
    );
  }
  return service;
}
