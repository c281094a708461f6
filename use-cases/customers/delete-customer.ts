import {
  allServicesOfCustomer,
  getCustomerDeletion,
  removeCustomer,
} from '../../adapters/dynamodb/customer-removal.ts';
import { type CustomerRecord, getCustomer } from '../../adapters/dynamodb/customers.ts';
import { retryOnConflict } from '../../adapters/dynamodb/retry-on-conflict.ts';
import type { CustomerServiceRecord } from '../../adapters/dynamodb/services.ts';
import { countSimsOfCustomer } from '../../adapters/dynamodb/sim-counts.ts';
import { deletionOf, servicesInUseDetail } from '../../domain/customer.ts';
import type { CustomerId, PartnerId } from '../../domain/ids.ts';
import { deactivateUsersOfCustomer } from '../access/deactivate-users.ts';
import { notFound, Refusal } from '../refusal.ts';

/** A customer and the services that were deleted with it. */
export type DeletedCustomer = { customer: CustomerRecord; services: readonly CustomerServiceRecord[] };

/**
 * Deletes a customer that has no services and so no SIMs, or with its services if these have no SIMs. Terminated SIMs do not count.
 *
 * 1. Refuse if a service is in use. Nothing is deleted then.
 * 2. Remove the services and the customer, and store the event of its deletion.
 * 3. Deactivate the users of the customer.
 *
 * A request that was interrupted can be repeated: it removes the remaining services of a customer with very many of them, and
 * deactivates the users of a customer that is deleted already.
 *
 * @throws Refusal `not_found`
 * @throws Refusal `in_use` when the customer has services or, if they are to be deleted, when they have SIMs.
 * @throws ConditionFailed when other requests changed the customer or its services each time.
 */
export async function deleteCustomer(
  partnerId: PartnerId,
  id: CustomerId,
  withServices: boolean,
  { now, precondition }: { now: Date; precondition: (current: CustomerRecord) => void },
): Promise<DeletedCustomer> {
  const deleted = await retryOnConflict(async () => {
    const customer = await getCustomer(partnerId, id);
    if (!customer) {
      if (await getCustomerDeletion(partnerId, id)) {
        await deactivateUsersOfCustomer(partnerId, id);
      }
      throw notFound('customer', id);
    }
    precondition(customer);
    const services = withServices ? await unusedServices(partnerId, id) : requireNoServices(customer);
    return (await removeCustomer(partnerId, customer, services, deletionOf(customer, now.toISOString())))
      ? { customer, services }
      : undefined;
  });
  await deactivateUsersOfCustomer(partnerId, id);
  return deleted;
}

function requireNoServices({ services }: CustomerRecord): readonly [] {
  if (services > 0) {
    throw new Refusal(
      'in_use',
      'The customer still has services. Delete them first, or delete them with the customer (`with=services`).',
    );
  }
  return [];
}

/** @throws Refusal `in_use` when a service has SIMs, or an operation is adding some. */
async function unusedServices(partnerId: PartnerId, id: CustomerId): Promise<readonly CustomerServiceRecord[]> {
  const services = await allServicesOfCustomer(partnerId, id);
  if (services.every(({ sims, workers }) => sims === 0 && workers === undefined)) {
    return services;
  }
  const sims = services.reduce((sum, service) => sum + service.sims, 0);
  const { counts, isComplete } = await countSimsOfCustomer(partnerId, id);
  throw new Refusal('in_use', servicesInUseDetail(sims, counts, isComplete), {
    simsByState: Object.fromEntries(counts),
  });
}
