import { queryOptions } from '@tanstack/react-query';
import { simStates } from '../../../../domain/sim.ts';
import { api, type Resource, read } from '../../api/client.ts';

type SimState = Resource<'Sim'>['state'];

/** The number of SIMs in a state; the least number when there are more than a page of the API has. */
export type StateCount = { state: SimState; count: number; isAtLeast: boolean };

const PAGE = 200;

async function countSims(state: SimState): Promise<StateCount> {
  const { items, nextCursor } = await read(api.GET('/v1/sims', { params: { query: { state, limit: PAGE } } }));
  return { state, count: items.length, isAtLeast: nextCursor !== undefined };
}

export const fleetQuery = queryOptions({
  queryKey: ['sims', 'count by state'],
  queryFn: () => Promise.all(simStates.map(countSims)),
  refetchInterval: 15_000,
});
