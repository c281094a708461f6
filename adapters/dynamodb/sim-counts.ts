import pMap from 'p-map';
import type { CustomerId, PartnerId } from '../../domain/ids.ts';
import { type SimState, statesWithCustomer } from '../../domain/sim.ts';
import { simsOfCustomerInState } from './keys.ts';
import { countItems } from './queries.ts';
import { SIM_SHARDS } from './table.ts';

const QUERIES_IN_FLIGHT = 32;

/**
 * The number of a customer's SIMs in each state but `terminated`, without states that have none. Reads an index, which can lag a
 * second behind. Each of a state's partitions is read up to 1 MB, which is more than 30,000 SIMs of the state.
 *
 * @returns `isComplete`: whether all SIMs were counted. Otherwise there are more.
 */
export async function countSimsOfCustomer(
  partnerId: PartnerId,
  customerId: CustomerId,
): Promise<{ counts: Map<SimState, number>; isComplete: boolean }> {
  const counts = new Map<SimState, number>();
  let isComplete = true;
  const live = statesWithCustomer.filter((state) => state !== 'terminated');
  const partitions = live.flatMap((state) => Array.from({ length: SIM_SHARDS }, (_, shard) => ({ state, shard })));
  await pMap(
    partitions,
    async ({ state, shard }) => {
      const partition = simsOfCustomerInState(partnerId, customerId, state, shard);
      const { count, last } = await countItems({ index: 'byCustomerState', partition });
      if (count > 0) {
        counts.set(state, (counts.get(state) ?? 0) + count);
      }
      isComplete &&= last === undefined;
    },
    { concurrency: QUERIES_IN_FLIGHT },
  );
  return {
    counts: new Map(live.flatMap((state) => (counts.has(state) ? [[state, counts.get(state) ?? 0]] : []))),
    isComplete,
  };
}
