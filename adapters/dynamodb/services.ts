import type { CustomerService, PartnerService } from '../../domain/service.ts';
import type { Tariff } from '../../domain/tariff.ts';
import {
  absent,
  atVersion,
  bothOf,
  type Condition,
  ConditionFailed,
  exists,
  get,
  makeOnce,
  put,
  query,
  remove,
  transact,
  update,
  updated,
  writeIf,
} from './items.ts';
import { customerKey, customerServiceKey, partnerServiceKey, serviceNameKey, servicesOfCustomer } from './keys.ts';
import { getTariff } from './tariffs.ts';

/**
 * A customer service as it is kept: with how many SIMs are on it, exact whenever no page of an operation is at work on
 * it, and with the shards of operations that are at work.
 */
export type CustomerServiceRecord = CustomerService & { sims: number; workers?: Set<string> };

/** A partner service as it is kept: with how many SIMs are on it. */
export type PartnerServiceRecord = PartnerService & { sims: number };

/** A service with the tariff that it is on. */
export type WithTariff<Service> = { service: Service; tariff: Tariff | undefined };

export async function getPartnerService(partnerId: string, id: string): Promise<PartnerServiceRecord | undefined> {
  return get<PartnerServiceRecord>(partnerServiceKey(partnerId, id));
}

export async function getPartnerServiceWithTariff(
  partnerId: string,
  id: string,
): Promise<WithTariff<PartnerServiceRecord> | undefined> {
  const service = await getPartnerService(partnerId, id);
  return service && { service, tariff: service.tariffId ? await getTariff(service.tariffId) : undefined };
}

/** @returns the service as it is kept: by an earlier attempt, when there was one. */
export async function createPartnerService(partnerId: string, service: PartnerService): Promise<PartnerService> {
  const key = partnerServiceKey(partnerId, service.id);
  const record: PartnerServiceRecord = { ...service, sims: 0 };
  return (await makeOnce<PartnerServiceRecord>(key, [put({ ...record, ...key }, absent)])) ?? record;
}

/** @throws ConditionFailed when the service is no longer at the version that was read. */
export async function renamePartnerService(
  partnerId: string,
  service: PartnerService,
  name: string,
  at: string,
): Promise<PartnerService> {
  return updated<PartnerService>(
    partnerServiceKey(partnerId, service.id),
    { set: { name, updatedAt: at }, increase: { version: 1 } },
    atVersion(service.version),
  );
}

/** A partner's services by id, the holding services among them. */
export async function queryPartnerServices(partnerId: string, limit: number, after: string | undefined) {
  const { pk, sk } = partnerServiceKey(partnerId, '');
  return query<PartnerService>({ partition: pk, prefix: sk, after }, limit);
}

export async function getCustomerService(partnerId: string, id: string): Promise<CustomerServiceRecord | undefined> {
  return get<CustomerServiceRecord>(customerServiceKey(partnerId, id));
}

export async function getCustomerServiceWithTariff(
  partnerId: string,
  id: string,
): Promise<WithTariff<CustomerServiceRecord> | undefined> {
  const service = await getCustomerService(partnerId, id);
  return service && { service, tariff: await getTariff(service.tariffId) };
}

/**
 * Makes a service for a customer.
 *
 * @returns the service as it is kept, by an earlier attempt when there was one; `name_taken` when the customer has one of
 *   that name, `no_customer` when it is gone.
 */
export async function createCustomerService(
  partnerId: string,
  service: CustomerService,
): Promise<CustomerServiceRecord | 'name_taken' | 'no_customer'> {
  const { id, customerId, name } = service;
  const key = customerServiceKey(partnerId, id);
  const record: CustomerServiceRecord = { ...service, sims: 0 };
  try {
    const earlier = await makeOnce<CustomerServiceRecord>(key, [
      put({ ...record, ...key, gsi2pk: servicesOfCustomer(partnerId, customerId) }, absent),
      put({ ...serviceNameKey(partnerId, customerId, name), customerServiceId: id }, absent),
      update(customerKey(partnerId, customerId), { add: { services: 1 } }, exists),
    ]);
    return earlier ?? record;
  } catch (error) {
    if (error instanceof ConditionFailed) {
      return error.failed.includes(2) ? 'no_customer' : 'name_taken';
    }
    throw error;
  }
}

/**
 * Gives a customer service another name, unless another one of the customer has it.
 *
 * @throws ConditionFailed when the service is no longer at the version that was read.
 */
export async function renameCustomerService(
  partnerId: string,
  service: CustomerServiceRecord,
  name: string,
  at: string,
): Promise<CustomerServiceRecord | 'name_taken'> {
  const { id, customerId, version } = service;
  const before = serviceNameKey(partnerId, customerId, service.name);
  const after = serviceNameKey(partnerId, customerId, name);
  try {
    await transact([
      update(
        customerServiceKey(partnerId, id),
        { set: { name, updatedAt: at }, increase: { version: 1 } },
        atVersion(version),
      ),
      ...(before.sk === after.sk ? [] : [remove(before), put({ ...after, customerServiceId: id }, absent)]),
    ]);
  } catch (error) {
    if (error instanceof ConditionFailed && !error.failed.includes(0)) {
      return 'name_taken';
    }
    throw error;
  }
  return { ...service, name, updatedAt: at, version: version + 1 };
}

/** No SIM is on the service, and no page of an operation may be putting one there. */
const unused: Condition = {
  expression: '#sims = :none AND attribute_not_exists(#workers)',
  names: { '#sims': 'sims', '#workers': 'workers' },
  values: { ':none': 0 },
};

/**
 * Deletes a service that no SIM uses.
 *
 * @returns `in_use` when SIMs are on it or are being put on it.
 * @throws ConditionFailed when the service is no longer at the version that was read.
 */
export async function deleteCustomerService(
  partnerId: string,
  service: CustomerServiceRecord,
): Promise<'deleted' | 'in_use'> {
  const { id, customerId, name, version } = service;
  const now = await getCustomerService(partnerId, id);
  if (now && (now.sims > 0 || now.workers)) {
    return 'in_use';
  }
  await transact([
    remove(customerServiceKey(partnerId, id), bothOf(atVersion(version), unused)),
    remove(serviceNameKey(partnerId, customerId, name)),
    update(customerKey(partnerId, customerId), { add: { services: -1 } }, exists),
  ]);
  return 'deleted';
}

/** The services of one customer, by id. */
export async function queryServicesOfCustomer(
  partnerId: string,
  customerId: string,
  limit: number,
  after: string | undefined,
) {
  const partition = servicesOfCustomer(partnerId, customerId);
  return query<CustomerServiceRecord>({ index: 'byCustomer', partition, after }, limit);
}

/** The customer services of a partner, by id. */
export async function queryCustomerServices(partnerId: string, limit: number, after: string | undefined) {
  const { pk, sk } = customerServiceKey(partnerId, '');
  return query<CustomerServiceRecord>({ partition: pk, prefix: sk, after }, limit);
}

/**
 * Notes on a service that a shard of an operation is about to put SIMs on it, so that it cannot be deleted under them.
 *
 * @returns the service with its tariff; `undefined` when it is not there.
 */
export async function acquireServiceLock(
  partnerId: string,
  id: string,
  worker: string,
): Promise<WithTariff<CustomerServiceRecord> | undefined> {
  try {
    const key = customerServiceKey(partnerId, id);
    const service = await updated<CustomerServiceRecord>(key, { add: { workers: new Set([worker]) } }, exists);
    return { service, tariff: await getTariff(service.tariffId) };
  } catch (error) {
    if (error instanceof ConditionFailed) {
      return undefined;
    }
    throw error;
  }
}

/** The counterpart of `beginWorkOn`; harmless when there is nothing to end. */
export async function releaseServiceLock(partnerId: string, id: string, workers: readonly string[]): Promise<void> {
  if (workers.length === 0) {
    // There were no SIMs to work on; DynamoDB knows no empty set.
    return;
  }
  await writeIf(update(customerServiceKey(partnerId, id), { takeFromSet: { workers: new Set(workers) } }, exists));
}
