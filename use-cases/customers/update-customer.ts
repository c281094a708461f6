import { type CustomerRecord, changeCustomer, getCustomer } from '../../adapters/dynamodb/customers.ts';
import type { CustomerId, PartnerId } from '../../domain/ids.ts';
import { isUnchanged } from '../is-unchanged.ts';
import { orNotFound } from '../refusal.ts';

/** The fields of a customer to set and to remove. */
export type CustomerChange = { set: Record<string, unknown>; remove: string[] };

/**
 * Updates a customer.
 *
 * 1. Check the precondition against the current customer.
 * 2. Derive the change from it, and save the change unless it has no effect.
 *
 * @throws Refusal `not_found`
 * @throws ConditionFailed when a concurrent request changed the customer.
 */
export async function updateCustomer(
  partnerId: PartnerId,
  id: CustomerId,
  changeOf: (current: CustomerRecord) => CustomerChange,
  { now, precondition }: { now: Date; precondition: (current: CustomerRecord) => void },
): Promise<{ before: CustomerRecord; after: CustomerRecord }> {
  const before = orNotFound(await getCustomer(partnerId, id), 'customer', id);
  precondition(before);
  const change = changeOf(before);
  const after = isUnchanged(before, change.set, change.remove)
    ? before
    : await changeCustomer(partnerId, before, change, now.toISOString());
  return { before, after };
}
