import {
  type CustomerRecord,
  customerPosition,
  getCustomer,
  queryCustomers,
} from '../../adapters/dynamodb/customers.ts';
import type { PartnerCaller } from '../../domain/access.ts';
import { type CustomerFilter, matchesCustomerFilter } from '../../domain/customer.ts';
import type { CustomerId, PartnerId } from '../../domain/ids.ts';
import { fillPage, type PageRequest } from '../fill-page.ts';
import { orNotFound, Refusal } from '../refusal.ts';

/** @throws Refusal `not_found` */
export async function readCustomer(partnerId: PartnerId, id: CustomerId): Promise<CustomerRecord> {
  return orNotFound(await getCustomer(partnerId, id), 'customer', id);
}

/**
 * The customer of the caller, who is one of its users.
 *
 * @throws Refusal `forbidden`, `not_found`
 */
export async function readOwnCustomer(caller: PartnerCaller): Promise<CustomerRecord> {
  if (caller.kind !== 'customer') {
    throw new Refusal('forbidden', 'Only users of a customer have a customer of their own.');
  }
  return readCustomer(caller.partnerId, caller.customerId);
}

/**
 * A page of a partner's customers, in the order of their creation. If few customers match the filter, a page can be short and
 * still have a next one: `fillPage` limits what a page reads.
 */
export async function listCustomers(partnerId: PartnerId, filter: CustomerFilter, page: PageRequest) {
  return fillPage(
    page,
    (limit, after) => queryCustomers(partnerId, limit, after),
    (customer) => matchesCustomerFilter(customer, filter),
    customerPosition,
  );
}
