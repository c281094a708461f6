import { type CustomerServiceRecord, saveCustomerServiceName } from '../../adapters/dynamodb/services.ts';
import type { PartnerCaller } from '../../domain/access.ts';
import type { CustomerServiceId } from '../../domain/ids.ts';
import { nameTaken } from './name-taken.ts';
import { readCustomerService } from './read-customer-services.ts';

/**
 * Renames a customer service.
 *
 * @param name `undefined`, or the current name, changes nothing.
 * @throws Refusal `not_found`
 * @throws Refusal `name_taken` when the customer has a service of that name.
 * @throws ConditionFailed when a concurrent request changed the service.
 */
export async function renameCustomerService(
  caller: PartnerCaller,
  id: CustomerServiceId,
  name: string | undefined,
  { now, precondition }: { now: Date; precondition: (current: CustomerServiceRecord) => void },
): Promise<{ before: CustomerServiceRecord; after: CustomerServiceRecord }> {
  const before = await readCustomerService(caller, id);
  precondition(before);
  if (name === undefined || name === before.name) {
    return { before, after: before };
  }
  const after = await saveCustomerServiceName(caller.partnerId, before, name, now.toISOString());
  if (after === 'name_taken') {
    throw nameTaken(name);
  }
  return { before, after };
}
