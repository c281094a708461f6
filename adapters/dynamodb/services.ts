import type { CustomerId, CustomerServiceId, PartnerId, PartnerServiceId, ServiceId } from '../../domain/ids.ts';
import type { Operator } from '../../domain/operator.ts';
import {
  type CustomerService,
  holdingServiceId,
  newHoldingService,
  type PartnerService,
} from '../../domain/service.ts';
import { gainAttribute, type SimCounts } from '../../domain/service-counts.ts';
import { withDueTariff } from '../../domain/service-tariffs.ts';
import type { Tariff } from '../../domain/tariff.ts';
import { periodOf } from '../../domain/usage.ts';
import { clock } from '../clock.ts';
import { absent, atVersion, bothOf, type Condition, ConditionFailed, exists } from './conditions.ts';
import { itemKinds } from './item-kinds.ts';
import { serviceKey, serviceNameKey, servicesOfCustomer } from './keys.ts';
import { query } from './queries.ts';
import { get, getMany } from './reads.ts';
import { getTariff } from './tariffs.ts';
import { type Change, put, remove, update, type Write } from './write-requests.ts';
import { createIdempotent, transact, updateAndGet, write, writeIf } from './writes.ts';

/** A stored service: its numbers of SIMs, and who adds SIMs to it. */
type Stored<Service> = Service & SimCounts & Joins;

/**
 * `workers` are the shards of operations that are adding SIMs. `joins` grows whenever SIMs may join, so that a writer recognises
 * that none has joined since it read the service.
 */
type Joins = { workers?: Set<string>; joins?: number };

/** A stored customer service. `sims` is exact while no operation is adding any. */
export type CustomerServiceRecord = Stored<CustomerService>;

/** A stored partner service. `sims` is exact while no operation is adding any. */
export type PartnerServiceRecord = Stored<PartnerService>;

/** A service with its tariff and, if it will have another one from the next period on, that one. */
export type WithTariff<Service> = {
  service: Service;
  tariff: Tariff | undefined;
  nextTariff?: Tariff | undefined;
};

/** The service as it is now. */
export const asOfNow = <Service extends PartnerService | CustomerService>(service: Service): Service =>
  withDueTariff(service, clock.now().toISOString());

/** Adds the tariffs of a service to it. */
export async function addTariffs<Service extends PartnerService | CustomerService>(
  service: Service,
): Promise<WithTariff<Service>> {
  const { tariffId, nextTariff } = service;
  const [tariff, next] = await Promise.all([
    tariffId && getTariff(tariffId),
    nextTariff && getTariff(nextTariff.tariffId),
  ]);
  return { service, tariff: tariff || undefined, ...(next ? { nextTariff: next } : {}) };
}

/** The writes that change the numbers of SIMs of services, by service id. The change counts for the period of `at`. */
export function serviceCountWrites(partnerId: PartnerId, changes: ReadonlyMap<ServiceId, number>, at: string): Write[] {
  const gained = gainAttribute(periodOf(at));
  return [...changes]
    .filter(([, sims]) => sims !== 0)
    .map(([id, sims]) => update(serviceKey(partnerId, id), { add: { sims, [gained]: sims } }, exists));
}

export async function getPartnerService(
  partnerId: PartnerId,
  id: PartnerServiceId,
): Promise<PartnerServiceRecord | undefined> {
  const service = await get<PartnerServiceRecord>(itemKinds.partnerService.key({ partnerId, id }));
  return service && asOfNow(service);
}

export async function getPartnerServiceWithTariff(
  partnerId: PartnerId,
  id: PartnerServiceId,
): Promise<WithTariff<PartnerServiceRecord> | undefined> {
  const service = await getPartnerService(partnerId, id);
  return service && addTariffs(service);
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

/**
 * What a request changes about a service. `isCovered` says that the new tariff covers all SIMs of the service as it was read; the change
 * is then saved only if no SIM has joined since.
 */
export type ServiceChange = Required<Pick<Change, 'set' | 'remove'>> & { isCovered?: boolean };

const conditionOf = (service: PartnerServiceRecord | CustomerServiceRecord, { isCovered }: ServiceChange): Condition =>
  isCovered ? bothOf(atVersion(service.version), nothingJoinedSince(service)) : atVersion(service.version);

/** No SIM has joined the service since it was read, and no operation is adding any. */
const nothingJoinedSince = ({ joins }: Joins): Condition => ({
  expression: `attribute_not_exists(#workers) AND ${joins === undefined ? 'attribute_not_exists(#joins)' : '#joins = :joins'}`,
  names: { '#workers': 'workers', '#joins': 'joins' },
  ...(joins === undefined ? {} : { values: { ':joins': joins } }),
});

const toUpdate = ({ set, remove }: ServiceChange, at: string): Change => ({
  set: { ...set, updatedAt: at },
  remove,
  increase: { version: 1 },
});

/** @throws ConditionFailed when the service has changed since it was read, or a SIM has joined that its tariff may not cover. */
export async function savePartnerService(
  partnerId: PartnerId,
  service: PartnerServiceRecord,
  change: ServiceChange,
  at: string,
): Promise<PartnerServiceRecord> {
  const key = itemKinds.partnerService.key({ partnerId, id: service.id });
  return asOfNow(await updateAndGet<PartnerServiceRecord>(key, toUpdate(change, at), conditionOf(service, change)));
}

/**
 * Removes a partner service that has no SIMs.
 *
 * @returns `in_use` when the service has SIMs, or an operation is adding some.
 * @throws ConditionFailed when the service has changed since it was read.
 */
export async function removePartnerService(
  partnerId: PartnerId,
  { id, version }: PartnerServiceRecord,
): Promise<'deleted' | 'in_use'> {
  const key = itemKinds.partnerService.key({ partnerId, id });
  const now = await getPartnerService(partnerId, id);
  if (now && isInUse(now)) {
    return 'in_use';
  }
  await write(remove(key, bothOf(atVersion(version), unused)));
  return 'deleted';
}

/** Where a list of partner services continues after one. */
export const partnerServicePosition = ({ id }: Pick<PartnerService, 'id'>) => itemKinds.partnerService.sk({ id });

/** The services of a partner by id, including holding services. */
export async function queryPartnerServices(partnerId: PartnerId, limit: number, after: string | undefined) {
  const range = { ...itemKinds.partnerService.range({ partnerId }), after };
  const { items, ...rest } = await query<PartnerServiceRecord>(range, limit);
  return { items: items.map(asOfNow), ...rest };
}

export async function getCustomerService(
  partnerId: PartnerId,
  id: CustomerServiceId,
): Promise<CustomerServiceRecord | undefined> {
  const service = await get<CustomerServiceRecord>(itemKinds.customerService.key({ partnerId, id }));
  return service && asOfNow(service);
}

/** Customer services by their ids, in no particular order. Omits missing ones. */
export async function getCustomerServices(
  partnerId: PartnerId,
  ids: readonly CustomerServiceId[],
): Promise<CustomerServiceRecord[]> {
  const services = await getMany<CustomerServiceRecord>(
    ids.map((id) => itemKinds.customerService.key({ partnerId, id })),
  );
  return services.map(asOfNow);
}

export async function getCustomerServiceWithTariff(
  partnerId: PartnerId,
  id: CustomerServiceId,
): Promise<WithTariff<CustomerServiceRecord> | undefined> {
  const service = await getCustomerService(partnerId, id);
  return service && addTariffs(service);
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
 * Changes a customer service, unless another service of the customer has its new name.
 *
 * @throws ConditionFailed when the service has changed since it was read, or a SIM has joined that its tariff may not cover.
 */
export async function saveCustomerService(
  partnerId: PartnerId,
  service: CustomerServiceRecord,
  change: ServiceChange,
  at: string,
): Promise<CustomerServiceRecord | 'name_taken'> {
  const { id, customerId } = service;
  const name = typeof change.set.name === 'string' ? change.set.name : service.name;
  const before = serviceNameKey(partnerId, customerId, service.name);
  const after = serviceNameKey(partnerId, customerId, name);
  const key = itemKinds.customerService.key({ partnerId, id });
  if (before.sk === after.sk) {
    return asOfNow(await updateAndGet<CustomerServiceRecord>(key, toUpdate(change, at), conditionOf(service, change)));
  }
  try {
    await transact([
      update(key, toUpdate(change, at), conditionOf(service, change)),
      remove(before),
      put({ ...after, customerServiceId: id }, absent),
    ]);
  } catch (error) {
    if (error instanceof ConditionFailed && !error.failed.includes(0)) {
      return 'name_taken';
    }
    throw error;
  }
  // Another request may have changed the service again: the caller sees the latest state.
  return (await getCustomerService(partnerId, id)) ?? service;
}

/** The service has no SIMs, and no operation is adding any. Partner services that never had a SIM may have no number. */
const unused: Condition = {
  expression: '(attribute_not_exists(#sims) OR #sims = :none) AND attribute_not_exists(#workers)',
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

/** Whether a service has SIMs, or an operation is adding some. */
function isInUse({ sims, workers }: Pick<PartnerServiceRecord, 'sims' | 'workers'>): boolean {
  return sims > 0 || workers !== undefined;
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
  if (now && isInUse(now)) {
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
  const { items, ...rest } = await query<Pick<CustomerService, 'id'>>({ index: 'byCustomer', partition, after }, limit);
  // The index has not all attributes of a service.
  const services = await getCustomerServices(
    partnerId,
    items.map(({ id }) => id),
  );
  return { items: services.sort((a, b) => (a.id < b.id ? -1 : 1)), ...rest };
}

/** Where a list of customer services continues after one. */
export const customerServicePosition = ({ id }: Pick<CustomerService, 'id'>) => itemKinds.customerService.sk({ id });

/** The customer services of a partner, by id. */
export async function queryCustomerServices(partnerId: PartnerId, limit: number, after: string | undefined) {
  const range = { ...itemKinds.customerService.range({ partnerId }), after };
  const { items, ...rest } = await query<CustomerServiceRecord>(range, limit);
  return { items: items.map(asOfNow), ...rest };
}
