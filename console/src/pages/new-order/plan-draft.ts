import type { Resource } from '../../api/client.ts';

type Plan = NonNullable<Resource<'Order'>['plan']>;

/** A plan while the user fills in the form. */
export type PlanDraft = {
  partnerServiceId: string;
  /** Empty: the SIMs stay in stock. */
  customerId: string;
  customerServiceId: string;
  activate: boolean | 'test';
};

/** Messages at the fields of a plan, by JSON pointers inside the plan. */
export type PlanMessages = Partial<Record<(typeof planPointers)[number], string>>;

export const planPointers = ['/partnerServiceId', '/customerId', '/customerServiceId', '/activate'] as const;

export const emptyPlan: PlanDraft = { partnerServiceId: '', customerId: '', customerServiceId: '', activate: true };

/** The services that the user still has to choose. */
export function missingInPlan(plan: PlanDraft): ('partnerService' | 'customerService')[] {
  return [
    ...(plan.partnerServiceId === '' ? (['partnerService'] as const) : []),
    ...(plan.customerId !== '' && plan.customerServiceId === '' ? (['customerService'] as const) : []),
  ];
}

/** The plan of a request. SIMs without a customer are never activated: the plan ends in stock. */
export function toPlan({ partnerServiceId, customerId, customerServiceId, activate }: PlanDraft): Plan {
  return {
    partnerServiceId,
    ...(customerId !== '' && { customerId, customerServiceId, ...(activate && { activate }) }),
  };
}

/** The form of an existing plan. A plan without a customer offers to activate the SIMs once there is one. */
export function toPlanDraft({ partnerServiceId, customerId = '', customerServiceId = '', activate }: Plan): PlanDraft {
  return { partnerServiceId, customerId, customerServiceId, activate: customerId === '' ? true : (activate ?? false) };
}

/** Whether two plans are the same for the API. */
export function isSamePlan(one: Plan | undefined, other: Plan | undefined): boolean {
  const fields = (plan: Plan | undefined) =>
    plan && [plan.partnerServiceId, plan.customerId, plan.customerServiceId, plan.activate ?? false];
  return JSON.stringify(fields(one)) === JSON.stringify(fields(other));
}
