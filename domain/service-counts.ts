import type { CustomerServiceId, ServiceId } from './ids.ts';
import type { Sim } from './sim.ts';
import type { OperationAction } from './sim-actions.ts';
import type { Period } from './usage.ts';

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
export function serviceCountChanges(action: OperationAction, changed: readonly CountedSim[]): Map<ServiceId, number> {
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
      case 'test':
      case 'suspend':
      case 'resume':
      case 'label':
      case 'replace':
        break;
    }
  }
  return counts;
}

/** The attribute of a service that has by how much its number of SIMs changed in a period. */
export const gainAttribute = (period: Period): `gained_${string}` => `gained_${period.replace('-', '_')}`;

/** The numbers of SIMs of a service: the current one, and its changes by period. Periods before release 0.2 have no changes. */
export type SimCounts = { sims: number; [gained: `gained_${string}`]: number };

/** The number of SIMs of a service at the end of a period; the current number for the current period. */
export function simsInPeriod(counts: SimCounts, period: Period): number {
  const current = gainAttribute(period);
  return Object.entries(counts).reduce(
    (sims, [name, gained]) => (name.startsWith('gained_') && name > current ? sims - gained : sims),
    counts.sims,
  );
}
