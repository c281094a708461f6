import { queryOptions } from '@tanstack/react-query';
import { api, given, type Resource, read } from '../../api/client.ts';

export type Order = Resource<'Order'>;

export type OrderFilter = { state?: Order['state'] | undefined; operatorId?: string | undefined };

export const readOrders = (filter: OrderFilter, cursor?: string, limit = 50) =>
  read(api.GET('/v1/orders', { params: { query: given({ ...filter, cursor, limit }) } }));

/** The operators; they rarely change. */
export const operatorsQuery = queryOptions({
  queryKey: ['operators'],
  queryFn: async () => (await read(api.GET('/v1/operators', { params: { query: { limit: 200 } } }))).items,
  staleTime: 300_000,
});
