import { api, given, type Resource, read } from '../../api/client.ts';

export type Operation = Resource<'Operation'>;

export type OperationFilter = { action?: Operation['action'] | undefined; state?: Operation['state'] | undefined };

export const readOperations = (filter: OperationFilter, cursor?: string, limit = 50) =>
  read(api.GET('/v1/operations', { params: { query: given({ ...filter, cursor, limit }) } }));
