import { type CustomerServiceRecord, saveCustomerService } from '../../adapters/dynamodb/services.ts';
import type { PartnerCaller } from '../../domain/access.ts';
import type { CustomerServiceId } from '../../domain/ids.ts';
import { isUnchanged } from '../is-unchanged.ts';
import { nameTaken } from './name-taken.ts';
import { readCustomerServiceWithTariff } from './read-customer-services.ts';
import { type ServicePatch, serviceChangeOf } from './service-change.ts';

/**
 * Changes the name, the notes or the tariff of a customer service. See `serviceChangeOf` for what the tariff may be.
 *
 * @throws Refusal `not_found`, `invalid_input`, `tariff_mismatch`, `in_use`
 * @throws Refusal `name_taken` when the customer has another service of that name.
 * @throws ConditionFailed when a concurrent request changed the service.
 */
export async function updateCustomerService(
  caller: PartnerCaller,
  id: CustomerServiceId,
  patch: ServicePatch,
  { now, precondition }: { now: Date; precondition: (current: CustomerServiceRecord) => void },
): Promise<{ before: CustomerServiceRecord; after: CustomerServiceRecord }> {
  const { partnerId } = caller;
  const withTariff = await readCustomerServiceWithTariff(caller, id);
  const before = withTariff.service;
  precondition(before);
  const at = now.toISOString();
  const change = await serviceChangeOf(partnerId, withTariff, patch, 'customer', at);
  const after = isUnchanged(before, change.set, change.remove)
    ? before
    : await saveCustomerService(partnerId, before, change, at);
  if (after === 'name_taken') {
    throw nameTaken(patch.name ?? before.name);
  }
  return { before, after };
}
