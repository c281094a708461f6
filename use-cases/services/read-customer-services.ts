import {
  addTariffs,
  type CustomerServiceRecord,
  customerServicePosition,
  getCustomerService,
  queryCustomerServices,
  queryServicesOfCustomer,
} from '../../adapters/dynamodb/services.ts';
import type { PartnerCaller } from '../../domain/access.ts';
import type { CustomerId, CustomerServiceId } from '../../domain/ids.ts';
import { fillPage, type PageRequest } from '../fill-page.ts';
import { notFound } from '../refusal.ts';

/** A customer service. Users of a customer see only its own. @throws Refusal `not_found` */
export async function readCustomerService(
  caller: PartnerCaller,
  id: CustomerServiceId,
): Promise<CustomerServiceRecord> {
  const service = await getCustomerService(caller.partnerId, id);
  if (!service || (caller.kind === 'customer' && service.customerId !== caller.customerId)) {
    throw notFound('customer service', id);
  }
  return service;
}

/** A customer service with its tariff. @throws Refusal `not_found` */
export async function readCustomerServiceWithTariff(caller: PartnerCaller, id: CustomerServiceId) {
  return addTariffs(await readCustomerService(caller, id));
}

/**
 * A page of a partner's customer services, or of those of one customer.
 *
 * @param customerId `undefined` for all customers. Users of a customer see only its own services.
 */
export async function listCustomerServices(
  caller: PartnerCaller,
  customerId: CustomerId | undefined,
  page: PageRequest,
): Promise<{ items: CustomerServiceRecord[]; next?: string }> {
  const ownId = caller.kind === 'customer' ? caller.customerId : undefined;
  if (ownId !== undefined && customerId !== undefined && customerId !== ownId) {
    return { items: [] };
  }
  const wanted = ownId ?? customerId;
  return fillPage(
    page,
    (limit, after) =>
      wanted === undefined
        ? queryCustomerServices(caller.partnerId, limit, after)
        : queryServicesOfCustomer(caller.partnerId, wanted, limit, after),
    () => true,
    customerServicePosition,
  );
}
