import * as z from 'zod/mini';
import type { Customer } from './customer.ts';
import { described } from './described.ts';
import { type OperatorId, operators } from './operator.ts';
import type { CustomerService, PartnerService } from './service.ts';
import { covers, type Tariff } from './tariff.ts';
import { idSchema } from './text.ts';
import type { Violation } from './verdict.ts';

/** What is to happen with an order's SIMs once they have arrived. */
export const planSchema = z.lazy(() =>
  z.strictObject({
    partnerServiceId: described(idSchema, 'Partner service to which the SIMs are migrated from holding.'),
    customerId: described(z.optional(idSchema), 'Customer to which the SIMs are assigned.'),
    customerServiceId: described(z.optional(idSchema), 'Service of that customer.'),
    activate: described(z.optional(z.boolean()), 'Whether to activate the SIMs after they have been assigned.'),
  }),
);

export type Plan = z.infer<typeof planSchema>;

/** The steps that a plan can have, in the order in which they must be taken. */
export const planStages = ['migrate', 'assign', 'activate'] as const;

export type PlanStage = (typeof planStages)[number];

/** The stages of a plan: migrate always; assign and activate as it says. */
export function stagesOf(plan: Plan): PlanStage[] {
  return [
    'migrate',
    ...(plan.customerServiceId === undefined ? [] : (['assign'] as const)),
    ...(plan.activate ? (['activate'] as const) : []),
  ];
}

/** What a plan names, loaded; `undefined` where it is not there or not the partner's. */
export type PlanTargets = {
  partnerService: { service: PartnerService; tariff: Tariff | undefined } | undefined;
  customer: Customer | undefined;
  customerService: { service: CustomerService; tariff: Tariff | undefined } | undefined;
};

/**
 * Checks a plan as a whole, before anything is ordered: that what it names is there, that the tariffs cover the
 * operator, that the service is the customer's, and that no stage lacks the one before it.
 *
 * @returns every rule that does not hold, with pointers inside the plan; none when the plan is good.
 */
export function planViolations(plan: Plan, targets: PlanTargets, operatorId: OperatorId): Violation[] {
  return [
    ...migrateViolations(plan, targets, operatorId),
    ...assignViolations(plan, targets, operatorId),
    ...(plan.activate && plan.customerServiceId === undefined
      ? [
          {
            pointer: '/activate',
            code: 'activate_needs_assign',
            message: 'Only assigned SIMs can be activated. Set customerId and customerServiceId.',
          },
        ]
      : []),
  ];
}

function migrateViolations(plan: Plan, { partnerService }: PlanTargets, operatorId: OperatorId): Violation[] {
  const pointer = '/partnerServiceId';
  if (!partnerService) {
    return [notFound(pointer, `partner service ${plan.partnerServiceId}`)];
  }
  if (partnerService.service.holding) {
    const message = 'SIMs cannot be migrated to a holding service. Choose one of your own partner services.';
    return [{ pointer, code: 'holding_target', message }];
  }
  return coverage(pointer, partnerService, operatorId);
}

function assignViolations(plan: Plan, targets: PlanTargets, operatorId: OperatorId): Violation[] {
  const { customer, customerService } = targets;
  if (plan.customerId === undefined && plan.customerServiceId === undefined) {
    return [];
  }
  if (plan.customerServiceId === undefined) {
    const message = 'customerServiceId is required to assign SIMs.';
    return [{ pointer: '/customerServiceId', code: 'required', message }];
  }
  if (plan.customerId === undefined) {
    const message = 'customerId is required to assign SIMs.';
    return [{ pointer: '/customerId', code: 'required', message }];
  }
  const missing = [
    ...(customer ? [] : [notFound('/customerId', `customer ${plan.customerId}`)]),
    ...(customerService ? [] : [notFound('/customerServiceId', `customer service ${plan.customerServiceId}`)]),
  ];
  if (!customer || !customerService) {
    return missing;
  }
  if (customerService.service.customerId !== customer.id) {
    const message = `Customer service ${plan.customerServiceId} does not belong to customer ${customer.id}.`;
    return [{ pointer: '/customerServiceId', code: 'service_of_other_customer', message }];
  }
  return coverage('/customerServiceId', customerService, operatorId);
}

function coverage(
  pointer: string,
  { service, tariff }: { service: { name: string }; tariff: Tariff | undefined },
  operatorId: OperatorId,
): Violation[] {
  if (tariff && covers(tariff, operatorId)) {
    return [];
  }
  const message = `The tariff of "${service.name}" does not cover SIMs of ${operators[operatorId].name}.`;
  return [{ pointer, code: 'tariff_mismatch', message }];
}

function notFound(pointer: string, what: string): Violation {
  return { pointer, code: 'not_found', message: `There is no ${what}.` };
}
