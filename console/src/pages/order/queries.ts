import { queryOptions } from '@tanstack/react-query';
import { isStale } from '../../api/api-problem.ts';
import { api, ifMatch, type Resource, read, readWithEtag } from '../../api/client.ts';
import { pollEvery } from '../../app/polling.ts';
import { isOrderUnderWay, POLL_MS } from '../../app/state-status.ts';
import type { Opened } from '../../app/use-editing.ts';
import { isSamePlan } from '../new-order/plan-draft.ts';

type Order = Resource<'Order'>;

const pathOf = (id: string) => ({ params: { path: { id } } });

export const orderQuery = (id: string) =>
  queryOptions({
    queryKey: ['orders', id],
    queryFn: () => readWithEtag(api.GET('/v1/orders/{id}', pathOf(id))),
    refetchInterval: pollEvery((data) => (data && !isOrderUnderWay(data.data) ? false : POLL_MS)),
  });

/** The timeline, which is read again whenever the order has changed. */
export const orderEventsQuery = ({ id, version }: Pick<Order, 'id' | 'version'>) =>
  queryOptions({
    queryKey: ['orders', id, 'events', version],
    queryFn: async () =>
      (await read(api.GET('/v1/orders/{id}/events', { params: { path: { id }, query: { limit: 200 } } }))).items,
    placeholderData: (before: Resource<'OrderEvent'>[] | undefined) => before,
  });

/**
 * Sets or removes the plan of an order, unless somebody else changed the plan since it was read. The order itself changes all the
 * time while it is under way, which is no reason to refuse.
 *
 * @throws ApiProblem 412 when the plan is no longer the one that was opened
 */
export async function changePlan({ data: opened, etag }: Opened<Order>, plan: Order['plan']): Promise<void> {
  const { id } = opened;
  try {
    await sendPlan(id, plan, etag);
  } catch (error) {
    if (!isStale(error)) {
      throw error;
    }
    const current = await readWithEtag(api.GET('/v1/orders/{id}', pathOf(id)));
    if (current.etag === etag || !isSamePlan(current.data.plan, opened.plan)) {
      throw error;
    }
    await changePlan(current, plan);
  }
}

async function sendPlan(id: string, plan: Order['plan'], etag: string | undefined): Promise<void> {
  const request = { ...pathOf(id), ...ifMatch(etag) };
  await (plan
    ? read(api.PUT('/v1/orders/{id}/plan', { ...request, body: plan }))
    : read(api.DELETE('/v1/orders/{id}/plan', request)));
}

export const cancelOrder = (id: string) => read(api.POST('/v1/orders/{id}/cancel', pathOf(id)));

export const resumeOrder = (id: string) => read(api.POST('/v1/orders/{id}/resume', pathOf(id)));

/** The names of what a plan refers to, and the tariffs of its services. */
export const planNamesQuery = ({ partnerServiceId, customerId, customerServiceId }: NonNullable<Order['plan']>) =>
  queryOptions({
    queryKey: ['plan names', partnerServiceId, customerId, customerServiceId],
    queryFn: async () => {
      const [partnerService, customer, customerService] = await Promise.all([
        read(api.GET('/v1/partner-services/{id}', pathOf(partnerServiceId))),
        customerId === undefined ? undefined : read(api.GET('/v1/customers/{id}', pathOf(customerId))),
        customerServiceId === undefined
          ? undefined
          : read(api.GET('/v1/customer-services/{id}', pathOf(customerServiceId))),
      ]);
      return {
        partnerService: partnerService.name,
        customer: customer?.name,
        customerService: customerService?.name,
        tariffIds: { partnerService: partnerService.tariffId, customerService: customerService?.tariffId },
      };
    },
    staleTime: 300_000,
  });
