import { countFleet, type Fleet, getFleetCounts, saveFleetCounts } from '../../adapters/dynamodb/fleet-counts.ts';
import type { PartnerCaller } from '../../domain/access.ts';
import { areCountsFresh, type FleetCounts } from '../../domain/fleet-counts.ts';

/**
 * The number of SIMs in each state that the caller may see. Counts again unless the last counts are still fresh. Concurrent requests may
 * each count.
 */
export async function readFleetCounts(caller: PartnerCaller, now: Date): Promise<FleetCounts> {
  const { partnerId } = caller;
  const fleet: Fleet = caller.kind === 'partner' ? { partnerId } : { partnerId, customerId: caller.customerId };
  const last = await getFleetCounts(fleet);
  if (last && areCountsFresh(last, now)) {
    return last;
  }
  const counts = { countedAt: now.toISOString(), ...(await countFleet(fleet)) };
  await saveFleetCounts(fleet, counts);
  return counts;
}
