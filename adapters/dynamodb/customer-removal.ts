import type { CustomerEvent } from '../../domain/customer.ts';
import type { CustomerId, CustomerServiceId, PartnerId } from '../../domain/ids.ts';
import { absent, atVersion, bothOf, type Condition, ConditionFailed } from './conditions.ts';
import type { CustomerRecord } from './customers.ts';
import { itemKinds } from './item-kinds.ts';
import { queryAll } from './queries.ts';
import { get, getMany } from './reads.ts';
import { type CustomerServiceRecord, serviceRemovalWrites } from './services.ts';
import { put, remove, update } from './write-requests.ts';
import { MAX_TRANSACTION_ITEMS, transact } from './writes.ts';

/** How long the event of a deletion stays in the table, from which it is published within seconds. */
const EVENT_LIFETIME_SECONDS = 30 * 24 * 3600;

/** A transaction also has room for the customer and its event. The removal of a service takes two writes. */
const SERVICES_PER_TRANSACTION = (MAX_TRANSACTION_ITEMS - 2) / 2;

/** All services of a customer, strongly consistent: their reserved names list them. The index of services lags behind. */
export async function allServicesOfCustomer(
  partnerId: PartnerId,
  customerId: CustomerId,
): Promise<CustomerServiceRecord[]> {
  const names = await queryAll<{ customerServiceId: CustomerServiceId }>(
    itemKinds.serviceName.range({ partnerId, customerId }),
  );
  return getMany<CustomerServiceRecord>(
    names.map(({ customerServiceId: id }) => itemKinds.customerService.key({ partnerId, id })),
  );
}

const servicesAre = (services: number): Condition => ({
  expression: '#services = :services',
  names: { '#services': 'services' },
  values: { ':services': services },
});

/**
 * Removes a customer together with all of its services, and stores the event of its deletion. Up to `SERVICES_PER_TRANSACTION`
 * services are removed with the customer in one transaction, all or none. Further services are removed before it, in
 * transactions of as many.
 *
 * @returns false when the customer or a service has changed since it was read, a service has SIMs or an operation is adding
 *   some, or the customer has other services.
 */
export async function removeCustomer(
  partnerId: PartnerId,
  { id, version }: CustomerRecord,
  services: readonly CustomerServiceRecord[],
  event: CustomerEvent,
): Promise<boolean> {
  const key = itemKinds.customer.key({ partnerId, id });
  const rest = [...services];
  try {
    while (rest.length > SERVICES_PER_TRANSACTION) {
      const part = rest.splice(0, SERVICES_PER_TRANSACTION);
      await transact([
        ...part.flatMap((service) => serviceRemovalWrites(partnerId, service)),
        update(key, { add: { services: -part.length } }, atVersion(version)),
      ]);
    }
    const expiresAt = Math.floor(Date.now() / 1000) + EVENT_LIFETIME_SECONDS;
    const eventKey = itemKinds.customerEvent.key({ partnerId, customerId: id, type: event.type });
    await transact([
      ...rest.flatMap((service) => serviceRemovalWrites(partnerId, service)),
      remove(key, bothOf(atVersion(version), servicesAre(rest.length))),
      put({ ...event, expiresAt, ...eventKey }, absent),
    ]);
    return true;
  } catch (error) {
    if (error instanceof ConditionFailed) {
      return false;
    }
    throw error;
  }
}

/** The event of a customer's deletion, while it is stored; `undefined` when no such customer was deleted lately. */
export async function getCustomerDeletion(
  partnerId: PartnerId,
  customerId: CustomerId,
): Promise<CustomerEvent | undefined> {
  return get<CustomerEvent>(itemKinds.customerEvent.key({ partnerId, customerId, type: 'customer.deleted' }));
}
