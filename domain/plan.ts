import * as z from 'zod/mini';
import type { Customer } from './customer.ts';
import { described } from './described.ts';
import type { Operator } from './operator.ts';
import type { CustomerService, PartnerService } from './service.ts';
import { type TariffsOfService, uncoveredBy } from './service-tariffs.ts';
import { idSchemaOf } from './text.ts';
import type { Violation } from './verdict.ts';

/** The actions that run automatically on an order's SIMs after their arrival. */
export const planSchema = z.lazy(() =>
  z.strictObject({
    partnerServiceId: described(
      idSchemaOf<'partnerService'>(),
      'Partner service to which the SIMs are migrated from holding.',
    ),
    customerId: described(z.optional(idSchemaOf<'customer'>()), 'Customer to which the SIMs are assigned.'),
    customerServiceId: described(z.optional(idSchemaOf<'customerService'>()), 'Service of that customer.'),
    activate: described(
      z.optional(z.union([z.boolean(), z.literal('test')])),
      'Whether to activate the SIMs after they have been assigned. `test` puts them into test status, at operators that have one.',
    ),
  }),
);

export type Plan = z.infer<typeof planSchema>;

/** The stages of plans, in the order of their execution. */
export const planStages = ['migrate', 'assign', 'activate'] as const;

export type PlanStage = (typeof planStages)[number];

/** The stages of a plan: always `migrate`; `assign` and `activate` if the plan includes them. */
export function stagesOf(plan: Plan): PlanStage[] {
  return [
    'migrate',
    ...(plan.customerServiceId === undefined ? [] : (['assign'] as const)),
    ...(plan.activate ? (['activate'] as const) : []),
  ];
}

/** The resources that a plan refers to; `undefined` for those that do not exist or belong to another partner. */
export type PlanTargets = {
  partnerService: (TariffsOfService & { service: PartnerService }) | undefined;
  customer: Customer | undefined;
  customerService: (TariffsOfService & { service: CustomerService }) | undefined;
};

/** The operator whose SIMs a plan is for. */
type PlannedOperator = Pick<Operator, 'id' | 'name' | 'testStatus'>;

/**
 * Validates a plan before anything is ordered: its resources exist, their tariffs cover the operator, the customer service
 * belongs to the customer, no stage lacks the stage that it depends on, and the operator has a test status if the plan ends with it.
 *
 * @returns the violated rules, with pointers inside the plan.
 */
export function planViolations(plan: Plan, targets: PlanTargets, operator: PlannedOperator): Violation[] {
  return [
    ...migrateViolations(plan, targets, operator),
    ...assignViolations(plan, targets, operator),
    ...(plan.activate && plan.customerServiceId === undefined
      ? [
          {
            pointer: '/activate',
            code: 'activate_needs_assign',
            message: 'Only assigned SIMs can be activated. Set customerId and customerServiceId.',
          },
        ]
      : []),
    ...(plan.activate === 'test' && !operator.testStatus
      ? [
          {
            pointer: '/activate',
            code: 'wrong_operator',
            message: `SIMs of ${operator.name} have no test status. Set activate to true, or omit it.`,
          },
        ]
      : []),
  ];
}

/** The action on SIMs that a stage of a plan takes. */
export function actionOfStage({ activate }: Pick<Plan, 'activate'>, stage: PlanStage): PlanStage | 'test' {
  return stage === 'activate' && activate === 'test' ? 'test' : stage;
}

function migrateViolations(plan: Plan, { partnerService }: PlanTargets, operator: PlannedOperator): Violation[] {
  const pointer = '/partnerServiceId';
  if (!partnerService) {
    return [notFound(pointer, `partner service ${plan.partnerServiceId}`)];
  }
  if (partnerService.service.holding) {
    const message = 'SIMs cannot be migrated to a holding service. Choose one of your own partner services.';
    return [{ pointer, code: 'holding_target', message }];
  }
  return coverage(pointer, partnerService, operator);
}

function assignViolations(plan: Plan, targets: PlanTargets, operator: PlannedOperator): Violation[] {
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
  return coverage('/customerServiceId', customerService, operator);
}

function coverage(pointer: string, service: TariffsOfService, operator: PlannedOperator): Violation[] {
  const message = uncoveredBy(service, operator);
  return message === undefined ? [] : [{ pointer, code: 'tariff_mismatch', message }];
}

function notFound(pointer: string, what: string): Violation {
  return { pointer, code: 'not_found', message: `There is no ${what}.` };
}
