import type { FleetCounts } from '../../domain/fleet-counts.ts';
import type { CustomerId, PartnerId } from '../../domain/ids.ts';
import { type SimState, simStates, statesWithCustomer } from '../../domain/sim.ts';
import { itemKinds } from './item-kinds.ts';
import { simsInState } from './keys.ts';
import { get } from './reads.ts';
import { countByState, partitionsOfCustomer, type StatePartitions } from './sim-counts.ts';
import { SIM_SHARDS } from './table.ts';
import { put } from './write-requests.ts';
import { write } from './writes.ts';

/** The SIMs of a partner, or those of one of its customers. */
export type Fleet = { partnerId: PartnerId; customerId?: CustomerId };

/** The number of reads of 1 MB of each partition when a fleet is counted: more than a million SIMs in one state. */
const MAX_READS = 40;

/** How long counts are stored, in seconds. They are shown for less. */
const RETENTION_SECONDS = 3600;

/**
 * Counts the SIMs of a fleet in each state. Reads an index, which can lag a second behind; a SIM that changes its state meanwhile can
 * be counted in both states or in neither.
 */
export async function countFleet(fleet: Fleet): Promise<Pick<FleetCounts, 'states' | 'complete'>> {
  const { counts, isComplete } = await countByState(partitionsOf(fleet), MAX_READS);
  const inState = (state: SimState) => counts.get(state) ?? 0;
  return {
    complete: isComplete,
    states: {
      in_holding: inState('in_holding'),
      in_stock: inState('in_stock'),
      assigned: inState('assigned'),
      activating: inState('activating'),
      testing: inState('testing'),
      active: inState('active'),
      suspended: inState('suspended'),
      terminated: inState('terminated'),
    },
  };
}

/** The counts of a fleet that were stored last. */
export async function getFleetCounts(fleet: Fleet): Promise<FleetCounts | undefined> {
  return get<FleetCounts>(keyOf(fleet));
}

export async function saveFleetCounts(fleet: Fleet, counts: FleetCounts): Promise<void> {
  const expiresAt = Math.floor(Date.now() / 1000) + RETENTION_SECONDS;
  await write(put({ ...counts, expiresAt, ...keyOf(fleet) }));
}

const keyOf = ({ partnerId, customerId }: Fleet) =>
  itemKinds.fleetCounts.key({ partnerId, fleet: customerId ?? 'PARTNER' });

function partitionsOf({ partnerId, customerId }: Fleet): StatePartitions[] {
  if (customerId !== undefined) {
    return partitionsOfCustomer(partnerId, customerId, statesWithCustomer);
  }
  return simStates.map((state) => ({
    state,
    ranges: Array.from({ length: SIM_SHARDS }, (_, shard) => ({
      index: 'byState',
      partition: simsInState(partnerId, state, shard),
    })),
  }));
}
