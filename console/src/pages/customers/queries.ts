import { queryOptions } from '@tanstack/react-query';
import { api, given, ifMatch, type Resource, read, readWithEtag } from '../../api/client.ts';
import type { NewCustomer } from './customer-draft.ts';

export type Customer = Resource<'Customer'>;

export type CustomerFilter = { q?: string | undefined; tag?: string | undefined };

const pathOf = (id: string) => ({ params: { path: { id } } });

export const readCustomers = (filter: CustomerFilter, cursor?: string, limit = 50) =>
  read(api.GET('/v1/customers', { params: { query: given({ ...filter, cursor, limit }) } }));

export const customerQuery = (id: string) =>
  queryOptions({
    queryKey: ['customers', id],
    queryFn: () => readWithEtag(api.GET('/v1/customers/{id}', pathOf(id))),
  });

export const addCustomer = (body: NewCustomer) => read(api.POST('/v1/customers', { body }));

/** Changes a customer, unless it was changed since it was read. */
export const changeCustomer = (id: string, body: object, etag: string | undefined) =>
  read(api.PATCH('/v1/customers/{id}', { ...pathOf(id), ...ifMatch(etag), body }));

export const removeCustomer = (id: string, { withServices }: { withServices: boolean }, etag: string | undefined) =>
  read(
    api.DELETE('/v1/customers/{id}', {
      params: { path: { id }, query: withServices ? { with: 'services' } : {} },
      ...ifMatch(etag),
    }),
  );
