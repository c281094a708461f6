import { queryOptions } from '@tanstack/react-query';
import { api, type Resource, read } from '../../api/client.ts';
import { isOrderUnderWay, POLL_MS } from '../../app/state-status.ts';

type Order = Resource<'Order'>;

const pathOf = (id: string) => ({ params: { path: { id } } });

export const orderQuery = (id: string) =>
  queryOptions({
    queryKey: ['orders', id],
    queryFn: () => read(api.GET('/v1/orders/{id}', pathOf(id))),
    refetchInterval: ({ state: { data } }) => (data && !isOrderUnderWay(data) ? false : POLL_MS),
  });

/** The timeline, which is read again whenever the order has changed. */
export const orderEventsQuery = ({ id, version }: Pick<Order, 'id' | 'version'>) =>
  queryOptions({
    queryKey: ['orders', id, 'events', version],
    queryFn: async () =>
      (await read(api.GET('/v1/orders/{id}/events', { params: { path: { id }, query: { limit: 200 } } }))).items,
    placeholderData: (before: Resource<'OrderEvent'>[] | undefined) => before,
  });

export const cancelOrder = (id: string) => read(api.POST('/v1/orders/{id}/cancel', pathOf(id)));

export const resumeOrder = (id: string) => read(api.POST('/v1/orders/{id}/resume', pathOf(id)));

/** The names of what a plan refers to. */
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
      };
    },
    staleTime: 300_000,
  });
