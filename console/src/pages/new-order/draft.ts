import { type AddressDraft, trimmedAddress } from '../customers/customer-draft.ts';
import { missingInPlan, type PlanDraft, toPlan } from './plan-draft.ts';

/** An order while the user fills in the wizard. Text fields hold what was typed. */
export type Draft = {
  operatorId: string;
  productId: string;
  quantity: string;
  reference: string;
  /** Undefined: the partner's own address. */
  address: AddressDraft | undefined;
  /** Undefined: no plan. */
  plan: PlanDraft | undefined;
};

export const emptyDraft: Draft = {
  operatorId: '',
  productId: '',
  quantity: '',
  reference: '',
  address: undefined,
  plan: undefined,
};

/** The quantity as a number; undefined unless a whole number above 0 was typed. */
export function quantityOf({ quantity }: Pick<Draft, 'quantity'>): number | undefined {
  return /^[1-9]\d{0,8}$/.test(quantity.trim()) ? Number(quantity.trim()) : undefined;
}

/** What the user still has to fill in before leaving a step. */
export type Missing = 'operator' | 'quantity' | 'address' | 'partnerService' | 'customerService';

/** The steps of the wizard, in their order. */
export const steps = ['sims', 'address', 'plan', 'review'] as const;

export type Step = (typeof steps)[number];

/** What a step lacks. The API checks everything else when the order is placed. */
export function missingIn(step: Step, draft: Draft): Missing[] {
  const { operatorId, address, plan } = draft;
  const conditions: Record<Step, [Missing, boolean][]> = {
    sims: [
      ['operator', operatorId === ''],
      ['quantity', quantityOf(draft) === undefined],
    ],
    address: [['address', address !== undefined && !isComplete(address)]],
    plan: (plan ? missingInPlan(plan) : []).map((missing) => [missing, true]),
    review: [],
  };
  return conditions[step].filter(([, isMissing]) => isMissing).map(([missing]) => missing);
}

function isComplete({ name, lines, city, country }: AddressDraft): boolean {
  return [name, lines, city, country].every((value) => value.trim() !== '');
}

/** The step with the field of a JSON pointer in the request. */
export function stepOf(pointer: string): Step {
  const [, field] = pointer.split('/');
  return field === 'deliveryAddress' ? 'address' : field === 'plan' ? 'plan' : 'sims';
}

/** The request that places the order. */
export function toOrderRequest(draft: Draft) {
  const { operatorId, productId, reference, address, plan } = draft;
  return {
    operatorId,
    quantity: quantityOf(draft) ?? 0,
    ...(productId !== '' && { productId }),
    ...(reference.trim() !== '' && { reference: reference.trim() }),
    ...(address && { deliveryAddress: trimmedAddress(address) }),
    ...(plan && { plan: toPlan(plan) }),
  };
}

/** The draft for another operator: products and services of the former one are no longer a choice. */
export function withOperator(draft: Draft, operatorId: string, defaultProductId: string): Draft {
  return {
    ...draft,
    operatorId,
    productId: defaultProductId,
    plan: draft.plan && { ...draft.plan, partnerServiceId: '', customerServiceId: '' },
  };
}
