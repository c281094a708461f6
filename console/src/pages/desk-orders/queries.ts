import { api, given, type Resource, read } from '../../api/client.ts';

export type PartnerOrder = Resource<'PartnerOrder'>;

export type DeskFilter = {
  state?: PartnerOrder['state'] | undefined;
  operatorId?: string | undefined;
  partnerId?: string | undefined;
};

export const readManualOrders = (filter: DeskFilter, cursor: string | undefined) =>
  read(api.GET('/v1/platform/orders', { params: { query: given({ ...filter, cursor, limit: 50 }) } }));
