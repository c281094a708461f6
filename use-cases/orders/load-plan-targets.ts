import { getCustomer } from '../../adapters/dynamodb/customers.ts';
import { getCustomerServiceWithTariff, getPartnerServiceWithTariff } from '../../adapters/dynamodb/services.ts';
import type { PartnerId } from '../../domain/ids.ts';
import type { Plan, PlanTargets } from '../../domain/plan.ts';

/** Loads the resources that a plan refers to. */
export async function loadPlanTargets(partnerId: PartnerId, plan: Plan): Promise<PlanTargets> {
  const [partnerService, customer, customerService] = await Promise.all([
    getPartnerServiceWithTariff(partnerId, plan.partnerServiceId),
    plan.customerId === undefined ? undefined : getCustomer(partnerId, plan.customerId),
    plan.customerServiceId === undefined ? undefined : getCustomerServiceWithTariff(partnerId, plan.customerServiceId),
  ]);
  return { partnerService, customer, customerService };
}
