import { queryOptions } from '@tanstack/react-query';
import { api, given, type Resource, read, readWithEtag } from '../../api/client.ts';
import type { PartnerDetails } from './partner-draft.ts';

export type Partner = Resource<'Partner'>;

export const readPartners = (cursor?: string, limit = 50) =>
  read(api.GET('/v1/platform/partners', { params: { query: given({ cursor, limit }) } }));

/** The first partners, as choices. */
export const partnerChoicesQuery = queryOptions({
  queryKey: ['partners', 'choices'],
  queryFn: async () => (await readPartners(undefined, 200)).items,
  staleTime: 60_000,
});

export const partnerQuery = (partnerId: string) =>
  queryOptions({
    queryKey: ['partners', partnerId],
    queryFn: () => readWithEtag(api.GET('/v1/platform/partners/{partnerId}', { params: { path: { partnerId } } })),
  });

/** Creates or replaces a partner. `conditions` prevent that it overwrites another one, or a change. */
export const savePartner = (
  partnerId: string,
  body: PartnerDetails,
  conditions: { headers?: Record<string, string> },
): Promise<Partner> =>
  read(api.PUT('/v1/platform/partners/{partnerId}', { params: { path: { partnerId } }, body, ...conditions }));
