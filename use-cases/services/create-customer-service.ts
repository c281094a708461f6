import { getCustomer } from '../../adapters/dynamodb/customers.ts';
import { insertCustomerService } from '../../adapters/dynamodb/services.ts';
import type { CustomerId, NewId, PartnerId, TariffId } from '../../domain/ids.ts';
import { type CustomerService, defaultServiceName } from '../../domain/service.ts';
import { unknownId } from '../refusal.ts';
import { nameTaken } from './name-taken.ts';
import { tariffForService } from './tariff-for-service.ts';

/**
 * Creates a service for a customer. Its default name combines the names of the customer and the tariff.
 *
 * @throws Refusal `invalid_input` when the customer does not exist, or the tariff is not granted to the partner or is for
 *   partners.
 * @throws Refusal `name_taken` when the customer has a service of that name.
 */
export async function createCustomerService(
  partnerId: PartnerId,
  request: { customerId: CustomerId; tariffId: TariffId; name?: string | undefined; notes?: string | undefined },
  { now, newId }: { now: Date; newId: NewId },
): Promise<CustomerService> {
  const at = now.toISOString();
  const customer = await getCustomer(partnerId, request.customerId);
  if (!customer) {
    throw unknownId('/customerId', 'customer', request.customerId);
  }
  const tariff = await tariffForService(partnerId, request.tariffId, 'customer');
  const name = request.name ?? defaultServiceName(customer, tariff);
  const created = await insertCustomerService(partnerId, {
    id: newId('customerService'),
    customerId: customer.id,
    tariffId: tariff.id,
    name,
    ...(request.notes === undefined ? {} : { notes: request.notes }),
    createdAt: at,
    updatedAt: at,
    version: 1,
  });
  if (created === 'no_customer') {
    throw unknownId('/customerId', 'customer', request.customerId);
  }
  if (created === 'name_taken') {
    throw nameTaken(name);
  }
  return created;
}
