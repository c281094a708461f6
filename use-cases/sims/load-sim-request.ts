import { getCustomer } from '../../adapters/dynamodb/customers.ts';
import { getCustomerServiceWithTariff, getPartnerServiceWithTariff } from '../../adapters/dynamodb/services.ts';
import { asId, type CustomerServiceId, type PartnerId, type PartnerServiceId } from '../../domain/ids.ts';
import type { OperationTarget } from '../../domain/operation.ts';
import { barReason, type OperationAction, type SimRequest } from '../../domain/sim-actions.ts';
import { readTestOperators } from '../test-operators.ts';

/** How the service of a migration or an assignment is read. */
type ServiceLoader = {
  partnerService: (id: PartnerServiceId) => ReturnType<typeof getPartnerServiceWithTariff>;
  customerService: (id: CustomerServiceId) => ReturnType<typeof getCustomerServiceWithTariff>;
};

/**
 * Loads the targets of an action, so that the rules can decide about each SIM.
 *
 * @param load reads the service of a migration or an assignment. A worker locks it at the same time.
 */
export async function loadSimRequest(
  partnerId: PartnerId,
  action: OperationAction,
  target: OperationTarget,
  load: ServiceLoader = {
    partnerService: (id) => getPartnerServiceWithTariff(partnerId, id),
    customerService: (id) => getCustomerServiceWithTariff(partnerId, id),
  },
): Promise<SimRequest> {
  switch (action) {
    case 'migrate': {
      const { partnerServiceId = asId('partnerService', '') } = target;
      return { action, partnerServiceId, partnerService: await load.partnerService(partnerServiceId) };
    }
    case 'assign': {
      const { customerId = asId('customer', ''), customerServiceId = asId('customerService', '') } = target;
      const [customer, customerService] = await Promise.all([
        getCustomer(partnerId, customerId),
        load.customerService(customerServiceId),
      ]);
      return { action, customerId, customerServiceId, customer, customerService };
    }
    case 'test':
      return { action, testOperators: await readTestOperators() };
    case 'suspend':
      return { action, reason: barReason(target), until: target.until };
    case 'resume':
      return { action, reason: target.reason };
    case 'replace':
      throw new Error('A replacement has no request of its own: its steps have.');
    case 'label':
      return { action, change: target.naming ?? {} };
    default:
      return { action };
  }
}
