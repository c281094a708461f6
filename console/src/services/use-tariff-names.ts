import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, given, type Resource, read } from '../api/client.ts';
import { readAll } from '../api/read-all.ts';
import { useSession } from '../session/session-context.tsx';

type Tariff = Resource<'Tariff'>;

/** The tariffs of the partner, for names and choices: a partner has few, and all of them are read. */
export const allTariffsQuery = queryOptions({
  queryKey: ['tariffs'],
  queryFn: () =>
    readAll((cursor) => read(api.GET('/v1/tariffs', { params: { query: given({ limit: 200, cursor }) } }))),
  staleTime: 60_000,
});

/** The tariffs for a kind of service. */
export function useTariffs(audience: Tariff['audience']): readonly Tariff[] {
  const { can } = useSession();
  const tariffs = useQuery({ ...allTariffsQuery, enabled: can('listTariffs') }).data ?? [];
  return tariffs.filter((tariff) => tariff.audience === audience);
}

/** The name of a tariff by its id; the id itself when the user cannot read the tariff. */
export function useTariffNames(): (id: string) => string {
  const { can } = useSession();
  const tariffs = useQuery({ ...allTariffsQuery, enabled: can('listTariffs') }).data;
  return (id) => tariffs?.find((tariff) => tariff.id === id)?.name ?? id;
}
