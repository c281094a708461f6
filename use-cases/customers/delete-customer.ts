import { type CustomerRecord, getCustomer, removeCustomer } from '../../adapters/dynamodb/customers.ts';
import type { CustomerId, PartnerId } from '../../domain/ids.ts';
import { deactivateUsersOfCustomer } from '../access/deactivate-users.ts';
import { orNotFound, Refusal } from '../refusal.ts';

/**
 * Deletes a customer that has no services, and so no SIMs. Its users are deactivated.
 *
 * @returns the customer before its deletion.
 * @throws Refusal `not_found`
 * @throws Refusal `in_use` when the customer has services.
 * @throws ConditionFailed when a concurrent request changed the customer.
 */
export async function deleteCustomer(
  partnerId: PartnerId,
  id: CustomerId,
  precondition: (current: CustomerRecord) => void,
): Promise<CustomerRecord> {
  const customer = orNotFound(await getCustomer(partnerId, id), 'customer', id);
  precondition(customer);
  if ((await removeCustomer(partnerId, customer)) === 'in_use') {
    throw new Refusal(
      'in_use',
      'The customer still has services. Unassign or terminate their SIMs and delete the services first.',
    );
  }
  await deactivateUsersOfCustomer(partnerId, id);
  return customer;
}
