import { api, given, type Resource, read } from '../../api/client.ts';

export type Difference = Resource<'Difference'>;

export type DifferenceFilter = {
  state: 'open' | 'settled';
  operatorId?: string | undefined;
  partnerId?: string | undefined;
};

export const readDifferences = (filter: DifferenceFilter, cursor: string | undefined) =>
  read(api.GET('/v1/platform/differences', { params: { query: given({ ...filter, cursor, limit: 50 }) } }));

export const settleDifference = (differenceId: string, as: 'ours' | 'theirs') =>
  read(
    api.POST('/v1/platform/differences/{differenceId}/settle', { params: { path: { differenceId } }, body: { as } }),
  );
