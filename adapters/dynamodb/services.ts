import type { CustomerId, CustomerServiceId, PartnerId, PartnerServiceId, ServiceId } from '../../domain/ids.ts';
import type { Operator } from '../../domain/operator.ts';
import {
  type CustomerService,
  holdingServiceId,
  newHoldingService,
  type PartnerService,
} from '../../domain/service.ts';
import type { Tariff } from '../../domain/tariff.ts';
import { absent, atVersion, bothOf, type Condition, ConditionFailed, exists } from './conditions.ts';
import { itemKinds } from './item-kinds.ts';
import { serviceKey, serviceNameKey, servicesOfCustomer } from './keys.ts';
import { query } from './queries.ts';
import { get } from './reads.ts';
import { getTariff } from './tariffs.ts';
import { put, remove, update, type Write } from './write-requests.ts';
import { createIdempotent, transact, updateAndGet, writeIf } from './writes.ts';

/**
 * A stored customer service. `sims` is its number of SIMs, exact while no operation is adding any; `workers` are the shards of
 * operations that are adding SIMs.
 */
export type CustomerServiceRecord = CustomerService & { sims: number; workers?: Set<string> };

/** A stored partner service, with the number of its SIMs. */
export type PartnerServiceRecord = PartnerService & { sims: number };

/** A service with its tariff. */
export type WithTariff<Service> = { service: Service; tariff: Tariff | undefined };

/** The writes that change the numbers of SIMs of services, by service id. */
export function serviceCountWrites(partnerId: PartnerId, changes: ReadonlyMap<ServiceId, number>): Write[] {
  return [...changes]
    .filter(([, sims]) => sims !== 0)
    .map(([id, sims]) => update(serviceKey(partnerId, id), { add: { sims } }, exists));
}

export async function getPartnerService(
  partnerId: PartnerId,
  id: PartnerServiceId,
): Promise<PartnerServiceRecord | undefined> {
  return get<PartnerServiceRecord>(itemKinds.partnerService.key({ partnerId, id }));
}

export async function getPartnerServiceWithTariff(
  partnerId: PartnerId,
  id: PartnerServiceId,
): Promise<WithTariff<PartnerServiceRecord> | undefined> {
  const service = await getPartnerService(partnerId, id);
  return service && { service, tariff: service.tariffId ? await getTariff(service.tariffId) : undefined };
}

/** Creates the holding service of an operator that was added after the partner was created. Reads first: nearly always it exists. */
export async function ensureHoldingService(
  partnerId: PartnerId,
  operator: Pick<Operator, 'id' | 'name'>,
  at: string,
): Promise<void> {
  const key = itemKinds.partnerService.key({ partnerId, id: holdingServiceId(operator.id) });
  if (!(await get(key))) {
    await writeIf(put({ ...newHoldingService(operator, at), sims: 0, ...key }, absent));
  }
}

/** @returns the stored service, which an earlier attempt may have created. */
export async function insertPartnerService(partnerId: PartnerId, service: PartnerService): Promise<PartnerService> {
  const key = itemKinds.partnerService.key({ partnerId, id: service.id });
  const record: PartnerServiceRecord = { ...service, sims: 0 };
  return (await createIdempotent<PartnerServiceRecord>(key, [put({ ...record, ...key }, absent)])) ?? record;
}

/** @throws ConditionFailed when the service has changed since it was read. */
export async function savePartnerServiceName(
  partnerId: PartnerId,
  service: PartnerService,
  name: string,
  at: string,
): Promise<PartnerService> {
  return updateAndGet<PartnerService>(
    itemKinds.partnerService.key({ partnerId, id: service.id }),
    { set: { name, updatedAt: at }, increase: { version: 1 } },
    atVersion(service.version),
  );
}

/** Where a list of partner services continues after one. */
export const partnerServicePosition = ({ id }: Pick<PartnerService, 'id'>) => itemKinds.partnerService.sk({ id });

/** The services of a partner by id, including holding services. */
export async function queryPartnerServices(partnerId: PartnerId, limit: number, after: string | undefined) {
  return query<PartnerService>({ ...itemKinds.partnerService.range({ partnerId }), after }, limit);
}

export async function getCustomerService(
  partnerId: PartnerId,
  id: CustomerServiceId,
): Promise<CustomerServiceRecord | undefined> {
  return get<CustomerServiceRecord>(itemKinds.customerService.key({ partnerId, id }));
}

export async function getCustomerServiceWithTariff(
  partnerId: PartnerId,
  id: CustomerServiceId,
): Promise<WithTariff<CustomerServiceRecord> | undefined> {
  const service = await getCustomerService(partnerId, id);
  return service && { service, tariff: await getTariff(service.tariffId) };
}

/** A customer's service with exactly this name. */
export async function findCustomerServiceByName(
  partnerId: PartnerId,
  customerId: CustomerId,
  name: string,
): Promise<CustomerServiceRecord | undefined> {
  const reserved = await get<{ customerServiceId: CustomerServiceId }>(serviceNameKey(partnerId, customerId, name));
  const service = reserved && (await getCustomerService(partnerId, reserved.customerServiceId));
  return service?.name === name ? service : undefined;
}

/**
 * Creates a service of a customer.
 *
 * @returns the stored service, which an earlier attempt may have created; `name_taken` when the customer has a service of
 *   that name, `no_customer` when there is no such customer.
 */
export async function insertCustomerService(
  partnerId: PartnerId,
  service: CustomerService,
): Promise<CustomerServiceRecord | 'name_taken' | 'no_customer'> {
  const { id, customerId, name } = service;
  const key = itemKinds.customerService.key({ partnerId, id });
  const record: CustomerServiceRecord = { ...service, sims: 0 };
  try {
    const earlier = await createIdempotent<CustomerServiceRecord>(key, [
      put({ ...record, ...key, gsi2pk: servicesOfCustomer(partnerId, customerId) }, absent),
      put({ ...serviceNameKey(partnerId, customerId, name), customerServiceId: id }, absent),
      update(itemKinds.customer.key({ partnerId, id: customerId }), { add: { services: 1 } }, exists),
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
 * Renames a customer service, unless another service of the customer has the name.
 *
 * @throws ConditionFailed when the service has changed since it was read.
 */
export async function saveCustomerServiceName(
  partnerId: PartnerId,
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
        itemKinds.customerService.key({ partnerId, id }),
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

/** The service has no SIMs, and no operation is adding any. */
const unused: Condition = {
  expression: '#sims = :none AND attribute_not_exists(#workers)',
  names: { '#sims': 'sims', '#workers': 'workers' },
  values: { ':none': 0 },
};

/** The writes that remove a service, unless it has changed or is used. They do not change the customer's number of services. */
export function serviceRemovalWrites(
  partnerId: PartnerId,
  { id, customerId, name, version }: CustomerServiceRecord,
): [Write, Write] {
  return [
    remove(itemKinds.customerService.key({ partnerId, id }), bothOf(atVersion(version), unused)),
    remove(serviceNameKey(partnerId, customerId, name)),
  ];
}

/**
 * Removes a service that has no SIMs.
 *
 * @returns `in_use` when the service has SIMs, or an operation is adding some.
 * @throws ConditionFailed when the service has changed since it was read.
 */
export async function removeCustomerService(
  partnerId: PartnerId,
  service: CustomerServiceRecord,
): Promise<'deleted' | 'in_use'> {
  const { id, customerId } = service;
  const now = await getCustomerService(partnerId, id);
  if (now && (now.sims > 0 || now.workers)) {
    return 'in_use';
  }
  await transact([
    ...serviceRemovalWrites(partnerId, service),
    update(itemKinds.customer.key({ partnerId, id: customerId }), { add: { services: -1 } }, exists),
  ]);
  return 'deleted';
}

/** The services of one customer, by id. */
export async function queryServicesOfCustomer(
  partnerId: PartnerId,
  customerId: CustomerId,
  limit: number,
  after: string | undefined,
) {
  const partition = servicesOfCustomer(partnerId, customerId);
  return query<CustomerServiceRecord>({ index: 'byCustomer', partition, after }, limit);
}

/** Where a list of customer services continues after one. */
export const customerServicePosition = ({ id }: Pick<CustomerService, 'id'>) => itemKinds.customerService.sk({ id });

/** The customer services of a partner, by id. */
export async function queryCustomerServices(partnerId: PartnerId, limit: number, after: string | undefined) {
  return query<CustomerServiceRecord>({ ...itemKinds.customerService.range({ partnerId }), after }, limit);
}

/**
 * Locks a service against deletion while a shard of an operation adds SIMs to it.
 *
 * @returns the service with its tariff; `undefined` when there is no such service.
 */
export async function acquireServiceLock(
  partnerId: PartnerId,
  id: CustomerServiceId,
  worker: string,
): Promise<WithTariff<CustomerServiceRecord> | undefined> {
  try {
    const key = itemKinds.customerService.key({ partnerId, id });
    const service = await updateAndGet<CustomerServiceRecord>(key, { add: { workers: new Set([worker]) } }, exists);
    return { service, tariff: await getTariff(service.tariffId) };
  } catch (error) {
    if (error instanceof ConditionFailed) {
      return undefined;
    }
    throw error;
  }
}

/** Releases the locks of `acquireServiceLock`. Idempotent. */
export async function releaseServiceLock(
  partnerId: PartnerId,
  id: CustomerServiceId,
  workers: readonly string[],
): Promise<void> {
  if (workers.length === 0) {
    // DynamoDB has no empty sets.
    return;
  }
  await writeIf(
    update(itemKinds.customerService.key({ partnerId, id }), { removeFromSet: { workers: new Set(workers) } }, exists),
  );
}
