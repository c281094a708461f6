import {
  type CustomerRecord,
  customerPosition,
  getCustomer,
  queryCustomers,
} from '../../adapters/dynamodb/customers.ts';
import { nameContains } from '../../domain/customer.ts';
import type { CustomerId, PartnerId } from '../../domain/ids.ts';
import { fillPage, type PageRequest } from '../fill-page.ts';
import { orNotFound } from '../refusal.ts';

/** @throws Refusal `not_found` */
export async function readCustomer(partnerId: PartnerId, id: CustomerId): Promise<CustomerRecord> {
  return orNotFound(await getCustomer(partnerId, id), 'customer', id);
}

/** A page of a partner's customers, in the order of their creation. */
export async function listCustomers(partnerId: PartnerId, namePart: string | undefined, page: PageRequest) {
  return fillPage(
    page,
    (limit, after) => queryCustomers(partnerId, limit, after),
    (customer) => namePart === undefined || nameContains(customer, namePart),
    customerPosition,
  );
}
