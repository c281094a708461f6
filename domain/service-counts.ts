import type { CustomerServiceId, ServiceId } from './ids.ts';
import type { Sim } from './sim.ts';
import type { SimAction } from './sim-actions.ts';

/** A SIM that an operation changed, with the service that it left, if any. */
export type CountedSim = Pick<Sim, 'state' | 'partnerServiceId'> & {
  customerServiceId?: CustomerServiceId | undefined;
  serviceBefore?: ServiceId | undefined;
  /** Whether its services stopped counting it when it was terminated. */
  leftCounts?: boolean | undefined;
};

/**
 * How many SIMs each service gains, or loses when negative, through an action. A terminated SIM keeps the ids of its services
 * as history but leaves their counts: it does not add to a pool, and its services can be deleted. SIMs that an earlier
 * release terminated (without `leftCounts`) are still counted until `npm run backfill` removes them.
 */
export function serviceCountChanges(action: SimAction, changed: readonly CountedSim[]): Map<ServiceId, number> {
  const counts = new Map<ServiceId, number>();
  const add = (serviceId: ServiceId | undefined, by: number) => {
    if (serviceId !== undefined) {
      counts.set(serviceId, (counts.get(serviceId) ?? 0) + by);
    }
  };
  for (const { serviceBefore, partnerServiceId, customerServiceId, leftCounts } of changed) {
    switch (action) {
      case 'migrate':
        add(serviceBefore, -1);
        add(partnerServiceId, 1);
        break;
      case 'assign':
      case 'unassign':
        add(serviceBefore, -1);
        add(customerServiceId, 1);
        break;
      case 'terminate':
        if (leftCounts) {
          add(partnerServiceId, -1);
          add(customerServiceId, -1);
        }
        break;
      case 'activate':
      case 'suspend':
      case 'resume':
        break;
    }
  }
  return counts;
}
