import { getCustomer } from '../../adapters/dynamodb/customers.ts';
import { getCustomerServiceWithTariff, getPartnerServiceWithTariff } from '../../adapters/dynamodb/services.ts';
import { asId, type PartnerId } from '../../domain/ids.ts';
import type { OperationTarget } from '../../domain/operation.ts';
import { barReason, type SimAction, type SimRequest } from '../../domain/sim-actions.ts';

/**
 * Loads the targets of an action, so that the rules can decide about each SIM.
 *
 * @param loadService reads the customer service of an assignment. A worker locks it at the same time, so that it cannot be
 *   deleted during the work.
 */
export async function loadSimRequest(
  partnerId: PartnerId,
  action: SimAction,
  target: OperationTarget,
  loadService: typeof getCustomerServiceWithTariff = getCustomerServiceWithTariff,
): Promise<SimRequest> {
  switch (action) {
    case 'migrate': {
      const { partnerServiceId = asId('partnerService', '') } = target;
      return {
        action,
        partnerServiceId,
        partnerService: await getPartnerServiceWithTariff(partnerId, partnerServiceId),
      };
    }
    case 'assign': {
      const { customerId = asId('customer', ''), customerServiceId = asId('customerService', '') } = target;
      const [customer, customerService] = await Promise.all([
        getCustomer(partnerId, customerId),
        loadService(partnerId, customerServiceId),
      ]);
      return { action, customerId, customerServiceId, customer, customerService };
    }
    case 'suspend':
      return { action, reason: barReason(target), until: target.until };
    case 'resume':
      return { action, reason: target.reason };
    default:
      return { action };
  }
}
