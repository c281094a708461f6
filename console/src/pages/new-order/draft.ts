import type { Resource } from '../../api/client.ts';

type Address = Resource<'Order'>['deliveryAddress'];

/** An order while the user fills in the wizard. Text fields hold what was typed. */
export type Draft = {
  operatorId: string;
  productId: string;
  quantity: string;
  reference: string;
  /** Undefined: the partner's own address. */
  address: Address | undefined;
  /** Undefined: no plan. */
  plan: PlanDraft | undefined;
};

export type PlanDraft = {
  partnerServiceId: string;
  customerId: string;
  customerServiceId: string;
  activate: boolean;
};

export const emptyDraft: Draft = {
  operatorId: '',
  productId: '',
  quantity: '',
  reference: '',
  address: undefined,
  plan: undefined,
};

export const emptyPlan: PlanDraft = { partnerServiceId: '', customerId: '', customerServiceId: '', activate: true };

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
    plan: [
      ['partnerService', plan !== undefined && plan.partnerServiceId === ''],
      ['customerService', plan !== undefined && plan.customerId !== '' && plan.customerServiceId === ''],
    ],
    review: [],
  };
  return conditions[step].filter(([, isMissing]) => isMissing).map(([missing]) => missing);
}

function isComplete({ name, lines, city, country }: Address): boolean {
  return [name, lines[0] ?? '', city, country].every((value) => value.trim() !== '');
}

type OrderRequest = {
  operatorId: string;
  quantity: number;
  productId?: string;
  reference?: string;
  deliveryAddress?: Address;
  plan?: { partnerServiceId: string; customerId?: string; customerServiceId?: string; activate?: boolean };
};

/** The request that places the order. SIMs without a customer are never activated: the plan ends in stock. */
export function toOrderRequest(draft: Draft): OrderRequest {
  const { operatorId, productId, reference, address, plan } = draft;
  return {
    operatorId,
    quantity: quantityOf(draft) ?? 0,
    ...(productId !== '' && { productId }),
    ...(reference.trim() !== '' && { reference: reference.trim() }),
    ...(address && { deliveryAddress: { ...address, lines: address.lines.filter((line) => line.trim() !== '') } }),
    ...(plan && {
      plan: {
        partnerServiceId: plan.partnerServiceId,
        ...(plan.customerId !== '' && {
          customerId: plan.customerId,
          customerServiceId: plan.customerServiceId,
          ...(plan.activate && { activate: true }),
        }),
      },
    }),
  };
}

/** The draft for another operator: products and services of the former one are no longer a choice. */
export function withOperator(draft: Draft, operatorId: string, defaultProductId: string): Draft {
  return {
    ...draft,
    operatorId,
    productId: defaultProductId,
    plan: draft.plan && { ...emptyPlan, customerId: draft.plan.customerId },
  };
}
