import { queryOptions } from '@tanstack/react-query';
import { api, given, read } from '../../api/client.ts';

export const readGrantedTariffs = (partnerId: string, cursor: string | undefined) =>
  read(
    api.GET('/v1/platform/partners/{partnerId}/tariffs', {
      params: { path: { partnerId }, query: given({ cursor, limit: 50 }) },
    }),
  );

/** The first tariffs, as choices. */
export const tariffChoicesQuery = queryOptions({
  queryKey: ['platform tariffs', 'choices'],
  queryFn: async () => (await read(api.GET('/v1/platform/tariffs', { params: { query: { limit: 200 } } }))).items,
});

const grantOf = (partnerId: string, tariffId: string) => ({ params: { path: { partnerId, tariffId } } });

export const grantTariff = (partnerId: string, tariffId: string) =>
  read(api.PUT('/v1/platform/partners/{partnerId}/tariffs/{tariffId}', grantOf(partnerId, tariffId)));

export const revokeTariff = (partnerId: string, tariffId: string) =>
  read(api.DELETE('/v1/platform/partners/{partnerId}/tariffs/{tariffId}', grantOf(partnerId, tariffId)));
