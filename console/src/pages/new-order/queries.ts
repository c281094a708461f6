import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, given, type Resource, read } from '../../api/client.ts';
import { fieldMessage } from '../../api/field-message.ts';
import { type Draft, toOrderRequest } from './draft.ts';
import { type PlanMessages, planPointers } from './plan-draft.ts';

type Quote = Resource<'Quote'>;

/** The quote for what was entered so far; without an operator or a number there is none. */
export const quoteQuery = ({
  operatorId,
  productId,
  quantity,
  plan,
}: {
  operatorId: string;
  productId?: string;
  quantity: number | undefined;
  plan?: Resource<'Order'>['plan'] | undefined;
}) =>
  queryOptions({
    queryKey: ['quote', operatorId, productId, quantity, plan],
    queryFn: () =>
      read(
        api.POST('/v1/orders/quote', { body: { operatorId, quantity: quantity ?? 0, ...given({ productId, plan }) } }),
      ),
    enabled: operatorId !== '' && quantity !== undefined,
    placeholderData: keepPreviousData,
  });

/** What a quote finds wrong with the quantity. */
export function quantityMessageOf(quote: Quote | undefined): string | undefined {
  const violation = quote?.violations.find(({ pointer }) => pointer === '/quantity');
  return violation && fieldMessage(violation.message);
}

/** What a quote finds wrong with the plan, at the fields. */
export function planMessagesOf(quote: Quote | undefined): PlanMessages {
  const violations = quote?.violations ?? [];
  return Object.fromEntries(
    planPointers.flatMap((field) => {
      const violation = violations.find(({ pointer }) => pointer === `/plan${field}`);
      return violation ? [[field, fieldMessage(violation.message)]] : [];
    }),
  );
}

export const partnerQuery = queryOptions({
  queryKey: ['partner'],
  queryFn: () => read(api.GET('/v1/partner')),
  staleTime: 300_000,
});

/** Places the order; a repetition with the same key places no second one. */
export const placeOrder = (draft: Draft, idempotencyKey: string): Promise<Resource<'Order'>> =>
  read(api.POST('/v1/orders', { body: toOrderRequest(draft), headers: { 'idempotency-key': idempotencyKey } }));

export const createPartnerService = (body: { name: string; tariffId: string }) =>
  read(api.POST('/v1/partner-services', { body }));

export const createCustomer = (body: { name: string }) => read(api.POST('/v1/customers', { body }));

export const createCustomerService = (body: { customerId: string; tariffId: string; name?: string }) =>
  read(api.POST('/v1/customer-services', { body }));
