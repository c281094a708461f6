import { queryOptions } from '@tanstack/react-query';
import { api, type Resource, read } from '../../api/client.ts';
import { pollEvery } from '../../app/polling.ts';
import { isOrderUnderWay } from '../../app/state-status.ts';

/** Identifies an order of a partner. */
export type OrderKey = { partnerId: string; orderId: string };

const pathOf = ({ partnerId, orderId }: OrderKey) => ({ params: { path: { partnerId, orderId } } });

export const partnerOrderQuery = (key: OrderKey) =>
  queryOptions({
    queryKey: ['manual orders', key],
    queryFn: () => read(api.GET('/v1/platform/partners/{partnerId}/orders/{orderId}', pathOf(key))),
    refetchInterval: pollEvery((data) => (data && !isOrderUnderWay(data) ? false : 2000)),
  });

export const acceptOrder = (key: OrderKey, body: { operatorReference: string; expectedDelivery?: string }) =>
  read(api.POST('/v1/platform/partners/{partnerId}/orders/{orderId}/accept', { ...pathOf(key), body }));

export const rejectOrder = (key: OrderKey, reason: string) =>
  read(api.POST('/v1/platform/partners/{partnerId}/orders/{orderId}/reject', { ...pathOf(key), body: { reason } }));

export const dispatchOrder = (key: OrderKey, body: { trackingReference?: string; carrier?: string }) =>
  read(api.POST('/v1/platform/partners/{partnerId}/orders/{orderId}/dispatch', { ...pathOf(key), body }));

export const deliverOrder = (key: OrderKey) =>
  read(api.POST('/v1/platform/partners/{partnerId}/orders/{orderId}/deliver', pathOf(key)));

export const answerCancellation = (key: OrderKey, body: { outcome: 'cancelled' | 'refused'; reason?: string }) =>
  read(api.POST('/v1/platform/partners/{partnerId}/orders/{orderId}/cancel', { ...pathOf(key), body }));

export const loadSims = (
  { partnerId, orderId }: OrderKey,
  csv: string,
  { isDryRun }: { isDryRun: boolean },
): Promise<Resource<'LoadedFile'>> =>
  read(
    api.POST('/v1/platform/partners/{partnerId}/orders/{orderId}/sims', {
      params: { path: { partnerId, orderId }, query: isDryRun ? { dryRun: 'true' } : {} },
      body: csv,
      bodySerializer: String,
      headers: { 'content-type': 'text/csv' },
    }),
  );
