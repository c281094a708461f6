import { queryOptions } from '@tanstack/react-query';
import { api, given, type Resource, read, readWithEtag } from '../../api/client.ts';
import type { TariffTerms } from './tariff-draft.ts';

export type Tariff = Resource<'Tariff'>;

export const readTariffs = (cursor: string | undefined) =>
  read(api.GET('/v1/platform/tariffs', { params: { query: given({ cursor, limit: 50 }) } }));

export const platformTariffQuery = (tariffId: string) =>
  queryOptions({
    queryKey: ['platform tariffs', tariffId],
    queryFn: () => readWithEtag(api.GET('/v1/platform/tariffs/{tariffId}', { params: { path: { tariffId } } })),
  });

/** Creates or replaces a tariff. `conditions` prevent that it overwrites another one, or a change. */
export const saveTariff = (
  tariffId: string,
  body: TariffTerms,
  conditions: { headers?: Record<string, string> },
): Promise<Tariff> =>
  read(api.PUT('/v1/platform/tariffs/{tariffId}', { params: { path: { tariffId } }, body, ...conditions }));
