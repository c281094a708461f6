import { api, given, ifMatch, type Resource, read, readWithEtag } from '../api/client.ts';
import type { Operation } from '../session/caller.ts';

/** A service of either kind. Partner services have no customer, and holding services have no tariff. */
export type Service = Pick<Resource<'PartnerService'>, 'id' | 'name' | 'notes' | 'nextTariff' | 'tariffId'> & {
  createdAt: string;
  updatedAt: string;
  customerId?: string;
  holding?: boolean;
};

export type ServiceChange = {
  name?: string;
  notes?: string | null;
  tariffId?: string;
  effectiveAt?: 'now' | 'next_period';
};

/** What the console does with services of a kind. */
export type ServiceKind = {
  /** The path of the list, in the API after `/v1` and in the console. */
  path: '/customer-services' | '/partner-services';
  /** The first part of the keys of queries. */
  key: string;
  /** The filter of SIMs by the service. */
  simFilter: 'customerServiceId' | 'partnerServiceId';
  /** The tariffs that its services can have. */
  audience: 'customer' | 'partner';
  operations: { update: Operation; remove: Operation; usage: Operation };
  get(id: string): Promise<{ data: Service; etag: string | undefined }>;
  usage(id: string, period: string | undefined): Promise<Resource<'ServiceUsage'>>;
  change(id: string, body: ServiceChange, etag: string | undefined): Promise<Service>;
  remove(id: string, etag: string | undefined): Promise<unknown>;
};

const pathOf = (id: string) => ({ params: { path: { id } } });

const periodOf = (id: string, period: string | undefined) => ({
  params: { path: { id }, query: given({ period }) },
});

export const customerServiceKind: ServiceKind = {
  path: '/customer-services',
  key: 'customer services',
  simFilter: 'customerServiceId',
  audience: 'customer',
  operations: {
    update: 'updateCustomerService',
    remove: 'deleteCustomerService',
    usage: 'getCustomerServiceUsage',
  },
  get: (id) => readWithEtag(api.GET('/v1/customer-services/{id}', pathOf(id))),
  usage: (id, period) => read(api.GET('/v1/customer-services/{id}/usage', periodOf(id, period))),
  change: (id, body, etag) => read(api.PATCH('/v1/customer-services/{id}', { ...pathOf(id), ...ifMatch(etag), body })),
  remove: (id, etag) => read(api.DELETE('/v1/customer-services/{id}', { ...pathOf(id), ...ifMatch(etag) })),
};

export const partnerServiceKind: ServiceKind = {
  path: '/partner-services',
  key: 'partner services',
  simFilter: 'partnerServiceId',
  audience: 'partner',
  operations: {
    update: 'updatePartnerService',
    remove: 'deletePartnerService',
    usage: 'getPartnerServiceUsage',
  },
  get: (id) => readWithEtag(api.GET('/v1/partner-services/{id}', pathOf(id))),
  usage: (id, period) => read(api.GET('/v1/partner-services/{id}/usage', periodOf(id, period))),
  change: (id, body, etag) => read(api.PATCH('/v1/partner-services/{id}', { ...pathOf(id), ...ifMatch(etag), body })),
  remove: (id, etag) => read(api.DELETE('/v1/partner-services/{id}', { ...pathOf(id), ...ifMatch(etag) })),
};
