import { type CustomerRecord, insertCustomer } from '../../adapters/dynamodb/customers.ts';
import { type CustomerDetails, newCustomer } from '../../domain/customer.ts';
import type { NewId, PartnerId } from '../../domain/ids.ts';

/** Creates a customer. Its short name is derived from its name when omitted. */
export async function createCustomer(
  partnerId: PartnerId,
  details: CustomerDetails,
  { now, newId }: { now: Date; newId: NewId },
): Promise<CustomerRecord> {
  return insertCustomer(partnerId, newCustomer(newId('customer'), details, now.toISOString()));
}
