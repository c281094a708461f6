import type { Customer } from '../../domain/customer.ts';
import type { CustomerId, PartnerId } from '../../domain/ids.ts';
import { absent, atVersion } from './conditions.ts';
import { itemKinds } from './item-kinds.ts';
import { query } from './queries.ts';
import { get } from './reads.ts';
import { type Change, put } from './write-requests.ts';
import { createIdempotent, updateAndGet } from './writes.ts';

/** A stored customer, with its number of services. */
export type CustomerRecord = Customer & { services: number };

export async function getCustomer(partnerId: PartnerId, id: CustomerId): Promise<CustomerRecord | undefined> {
  return get<CustomerRecord>(itemKinds.customer.key({ partnerId, id }));
}

/** @returns the stored customer, which an earlier attempt may have created. */
export async function insertCustomer(partnerId: PartnerId, customer: Customer): Promise<CustomerRecord> {
  const key = itemKinds.customer.key({ partnerId, id: customer.id });
  const record = { ...customer, services: 0 };
  return (await createIdempotent<CustomerRecord>(key, [put({ ...record, ...key }, absent)])) ?? record;
}

/** @throws ConditionFailed when the customer has changed since it was read. */
export async function changeCustomer(
  partnerId: PartnerId,
  customer: CustomerRecord,
  change: Pick<Change, 'set' | 'remove'>,
  at: string,
): Promise<CustomerRecord> {
  return updateAndGet<CustomerRecord>(
    itemKinds.customer.key({ partnerId, id: customer.id }),
    { ...change, set: { ...change.set, updatedAt: at }, increase: { version: 1 } },
    atVersion(customer.version),
  );
}

/** Where a list of customers continues after one. */
export const customerPosition = ({ id }: Pick<Customer, 'id'>) => itemKinds.customer.sk({ id });

/** The customers of a partner, in the order of their creation. */
export async function queryCustomers(partnerId: PartnerId, limit: number, after: string | undefined) {
  return query<CustomerRecord>({ ...itemKinds.customer.range({ partnerId }), after }, limit);
}
