import pMap from 'p-map';
import type { CustomerId, PartnerId } from '../../domain/ids.ts';
import { type SimState, statesWithCustomer } from '../../domain/sim.ts';
import { simsOfCustomerInState } from './keys.ts';
import { countItems, type Range } from './queries.ts';
import { SIM_SHARDS } from './table.ts';

const QUERIES_IN_FLIGHT = 8;

/**
 * The number of a customer's SIMs in each state but `terminated`, without states that have none. Each of a state's partitions is read up
 * to 1 MB, which is more than 30,000 SIMs of the state.
 *
 * @returns `isComplete`: whether all SIMs were counted. Otherwise there are more.
 */
export async function countSimsOfCustomer(partnerId: PartnerId, customerId: CustomerId) {
  const live = statesWithCustomer.filter((state) => state !== 'terminated');
  return countByState(partitionsOfCustomer(partnerId, customerId, live), 1);
}

/** The partitions of an index that have the SIMs of a state. */
export type StatePartitions = { state: SimState; ranges: readonly Range[] };

/**
 * The number of SIMs in each state, without states that have none.
 *
 * @param maxReads the number of reads of 1 MB of each partition.
 * @returns `isComplete`: whether all SIMs were counted. Otherwise there are more.
 */
export async function countByState(
  partitions: readonly StatePartitions[],
  maxReads: number,
): Promise<{ counts: Map<SimState, number>; isComplete: boolean }> {
  const counted = await pMap(
    partitions.flatMap(({ state, ranges }) => ranges.map((range) => ({ state, range }))),
    async ({ state, range }) => ({ state, ...(await countRange(range, maxReads)) }),
    { concurrency: QUERIES_IN_FLIGHT },
  );
  const counts = new Map<SimState, number>();
  for (const { state, count } of counted.filter((one) => one.count > 0)) {
    counts.set(state, (counts.get(state) ?? 0) + count);
  }
  return { counts, isComplete: counted.every(({ isComplete }) => isComplete) };
}

/** The partitions with a customer's SIMs of some states. */
export const partitionsOfCustomer = (
  partnerId: PartnerId,
  customerId: CustomerId,
  states: readonly SimState[],
): StatePartitions[] =>
  states.map((state) => ({
    state,
    ranges: Array.from({ length: SIM_SHARDS }, (_, shard) => ({
      index: 'byCustomerState',
      partition: simsOfCustomerInState(partnerId, customerId, state, shard),
    })),
  }));

/** Counts the items of a range, with a limited number of reads of 1 MB. */
async function countRange(range: Range, maxReads: number): Promise<{ count: number; isComplete: boolean }> {
  let count = 0;
  let after: string | undefined;
  for (let reads = 0; reads < maxReads; reads += 1) {
    const page = await countItems({ ...range, after });
    count += page.count;
    after = page.last;
    if (after === undefined) {
      return { count, isComplete: true };
    }
  }
  return { count, isComplete: false };
}
