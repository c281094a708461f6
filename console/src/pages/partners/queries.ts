import { queryOptions } from '@tanstack/react-query';
import { api, given, type Resource, read } from '../../api/client.ts';

export type Partner = Resource<'Partner'>;

export const readPartners = (cursor?: string, limit = 50) =>
  read(api.GET('/v1/platform/partners', { params: { query: given({ cursor, limit }) } }));

/** The first partners, as choices. */
export const partnerChoicesQuery = queryOptions({
  queryKey: ['partners', 'choices'],
  queryFn: async () => (await readPartners(undefined, 200)).items,
  staleTime: 60_000,
});
